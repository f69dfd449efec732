// The 3D preview: model-viewer with what it lacks, wireframe and dimensions.

import { h } from "./dom.js";
import { cm } from "./format.js";

const VENDOR = new URL("vendor/", document.baseURI).href;
const CORNERS = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => [n & 1 ? 0.5 : -0.5, n & 2 ? 0.5 : -0.5, n & 4 ? 0.5 : -0.5]);
const EDGES = [0, 1, 2].map((axis) => CORNERS.map((_, n) => [n, n | (1 << axis)]).filter(([a, b]) => a !== b));

const HOME = "25deg 72deg 125%"; // room for the dimensions around the model

let ready;

/** Loads model-viewer and tells it where its decoders are, once. */
function prepare() {
  ready ??= (async () => {
    // The KTX2 transcoder compiles its bindings with Function, which the page's policy forbids, and a worker from a blob
    // has the page's policy. So it runs in a worker from a file, whose own policy allows this and no network.
    const { Worker } = window;
    const file = new URL("ktx2-worker.js", document.baseURI).href;
    window.Worker = function (url, options) {
      return String(url).startsWith("blob:") ? new Worker(`${file}?${url}`) : new Worker(url, options);
    };
    window.ModelViewerElement = {
      meshoptDecoderLocation: `${VENDOR}meshopt_decoder.js`,
      ktx2TranscoderLocation: VENDOR,
    };
    await import(`${VENDOR}model-viewer.min.js`);
  })();
  ready.catch(() => (ready = undefined));
  return ready;
}

/** The page's policy refuses model-viewer's style element; the same rules as a sheet of its shadow root are not refused. */
function takeStyle(viewer) {
  const style = viewer.shadowRoot.querySelector("style");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style.textContent);
  style.remove();
  return sheet;
}

const sceneOf = (viewer) => viewer[Object.getOwnPropertySymbols(viewer).find((s) => s.description === "scene")];

/** Swaps a mesh's look: its own material, or plain clay with every edge drawn on it. */
function toggleLines(mesh) {
  if (mesh.userData.lines) {
    mesh.remove(mesh.userData.lines);
    mesh.material = mesh.userData.material;
    mesh.userData = {};
    return;
  }
  const plain = (colour, settings) => {
    const material = mesh.material.clone();
    for (const name of Object.keys(material)) if (/map$/i.test(name)) material[name] = null;
    material.color.set(colour);
    return Object.assign(material, { metalness: 0, roughness: 1, ...settings });
  };
  const lines = mesh.clone(false);
  lines.position.set(0, 0, 0);
  lines.quaternion.identity();
  lines.scale.set(1, 1, 1);
  lines.material = plain("#000", { wireframe: true, transparent: true, opacity: 0.3, depthWrite: false });
  const clay = plain("#d9d6ce", { polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1 });
  mesh.userData = { lines, material: mesh.material };
  mesh.material = clay;
  mesh.add(lines);
}

export class Stage {
  #viewer;
  #url;
  #wireframe = false;
  #size = null;
  #frame = 0;
  #drawn = "";
  #rotating = !matchMedia("(prefers-reduced-motion: reduce)").matches;

  /** `element` is filled; `size` in metres, null where it is unknown. */
  constructor(name, size) {
    this.name = name;
    this.#size = size;
    this.overlay = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.overlay.setAttribute("class", "dimensions");
    this.overlay.setAttribute("aria-hidden", "true");
    this.element = h("div", { class: "stage" });
  }

  /** Shows a GLB; the view stays as it was turned. */
  async show(blob, { signal } = {}) {
    try {
      await prepare();
    } catch {
      throw new Error("The 3D preview is not installed on the server. Run `make setup` there and reload.");
    }
    signal?.throwIfAborted();
    const first = !this.#viewer;
    if (first) this.#create();
    const viewer = this.#viewer;
    const orbit = first ? null : viewer.getCameraOrbit().toString();
    const turned = first ? 0 : viewer.turntableRotation;
    const url = URL.createObjectURL(blob);
    try {
      await new Promise((done, failed) => {
        const once = { once: true, signal };
        viewer.addEventListener("load", done, once);
        viewer.addEventListener("error", (e) => failed(new Error(`The model cannot be shown: ${said(e)}.`)), once);
        signal?.addEventListener("abort", () => failed(signal.reason), { once: true });
        viewer.src = url;
        if (first) this.#insert();
      });
    } finally {
      if (this.#url) URL.revokeObjectURL(this.#url);
      this.#url = url;
    }
    if (orbit) {
      viewer.cameraOrbit = orbit;
      viewer.resetTurntableRotation(turned);
      viewer.jumpCameraToGoal();
    }
    await drawn();
    signal?.throwIfAborted();
    this.#placeCorners();
    this.wireframe = this.#wireframe;
    this.element.dataset.loaded = String(Number(this.element.dataset.loaded ?? 0) + 1);
  }

  get wireframe() {
    return this.#wireframe;
  }

  set wireframe(on) {
    this.#wireframe = on;
    if (!this.#viewer) return;
    const scene = sceneOf(this.#viewer);
    const meshes = [];
    scene.traverse((node) => node.isMesh && node.material.isMeshStandardMaterial && meshes.push(node));
    for (const mesh of meshes) if (mesh.userData.lines ? !on : on) toggleLines(mesh);
    scene.queueRender();
  }

  get rotating() {
    return this.#rotating;
  }

  set rotating(on) {
    this.#rotating = on;
    if (this.#viewer) this.#viewer.autoRotate = on;
  }

  /** Lines along width, height and depth with their lengths in cm. */
  set dimensions(on) {
    cancelAnimationFrame(this.#frame);
    this.#drawn = "";
    this.overlay.replaceChildren();
    this.overlay.toggleAttribute("hidden", !on);
    const draw = () => {
      if (this.#viewer?.loaded) this.#drawDimensions();
      this.#frame = requestAnimationFrame(draw);
    };
    if (on) draw();
  }

  resetView() {
    if (!this.#viewer) return;
    this.#viewer.cameraOrbit = HOME;
    this.#viewer.cameraTarget = "auto auto auto";
    this.#viewer.resetTurntableRotation(0);
  }

  dispose() {
    cancelAnimationFrame(this.#frame);
    this.element.replaceChildren();
    if (this.#url) URL.revokeObjectURL(this.#url);
  }

  #create() {
    const attributes = {
      alt: `3D model of ${this.name}`,
      "camera-controls": true,
      "touch-action": "pan-y",
      "interaction-prompt": "none",
      "environment-image": "neutral",
      "shadow-intensity": "0.9",
      "shadow-softness": "0.8",
      "auto-rotate-delay": "0",
      "rotation-per-second": "24deg",
      "max-camera-orbit": "auto 100deg 250%",
      "camera-orbit": HOME,
    };
    this.#viewer = h("model-viewer", attributes);
    this.#viewer.autoRotate = this.#rotating;
    this.#viewer.append(
      ...CORNERS.map((_, n) => h("i", { slot: `hotspot-${n}`, class: "corner", "aria-hidden": "true" })),
    );
    this.element.append(this.overlay);
  }

  #insert() {
    const sheet = takeStyle(this.#viewer);
    this.element.prepend(this.#viewer);
    this.#viewer.shadowRoot.adoptedStyleSheets.push(sheet); // inserting it has set the others
  }

  #placeCorners() {
    const size = this.#viewer.getDimensions();
    const middle = this.#viewer.getBoundingBoxCenter();
    CORNERS.forEach(([x, y, z], n) => {
      const position = `${middle.x + x * size.x}m ${middle.y + y * size.y}m ${middle.z + z * size.z}m`;
      this.#viewer.updateHotspot({ name: `hotspot-${n}`, position });
    });
  }

  /** Width and depth along the lower edges nearest to the viewer, height along the outermost upright edge. */
  #drawDimensions() {
    const at = CORNERS.map((_, n) => this.#viewer.queryHotspot(`hotspot-${n}`)?.canvasPosition);
    if (!this.#size || at.some((p) => !p)) return;
    const drawn = at.map((p) => `${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join();
    if (drawn === this.#drawn) return; // nothing has moved
    this.#drawn = drawn;
    const lowest = (a, b) => at[b[0]].y + at[b[1]].y - (at[a[0]].y + at[a[1]].y);
    const outermost = (a, b) => at[a[0]].x + at[a[1]].x - (at[b[0]].x + at[b[1]].x);
    const chosen = [EDGES[0].toSorted(lowest)[0], EDGES[1].toSorted(outermost)[0], EDGES[2].toSorted(lowest)[0]];
    const middle = at.reduce((sum, p) => ({ x: sum.x + p.x / 8, y: sum.y + p.y / 8 }), { x: 0, y: 0 });
    const { clientWidth: width, clientHeight: height } = this.element;
    const line = ([a, b], axis) => dimension(at[a], at[b], middle, this.#size[axis], { width, height });
    this.overlay.replaceChildren(...chosen.flatMap(line));
  }
}

/** Two frames later what was loaded is on the screen. */
const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

const said = (event) => event.detail?.sourceError?.message ?? event.detail?.type ?? "unknown reason";

function svg(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** A line beside the edge from a to b, pushed away from the middle, with end ticks and its length. */
function dimension(a, b, middle, metres, { width, height }) {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  if (length < 24) return []; // seen end on
  let nx = (a.y - b.y) / length;
  let ny = (b.x - a.x) / length;
  const away = Math.sign(nx * ((a.x + b.x) / 2 - middle.x) + ny * ((a.y + b.y) / 2 - middle.y)) || 1;
  nx *= away;
  ny *= away;
  const [ax, ay, bx, by] = [a.x + 14 * nx, a.y + 14 * ny, b.x + 14 * nx, b.y + 14 * ny];
  const tick = (x, y) => `M${x - 5 * nx} ${y - 5 * ny}L${x + 5 * nx} ${y + 5 * ny}`;
  const anchor = nx > 0.35 ? "start" : nx < -0.35 ? "end" : "middle";
  const room = { start: [0, 66], middle: [33, 33], end: [66, 0] }[anchor]; // the label stays inside the stage
  const x = Math.min(Math.max((ax + bx) / 2 + 10 * nx, room[0]), width - room[1]);
  const y = Math.min(Math.max((ay + by) / 2 + 14 * ny + 5, 16), height - 8);
  const label = svg("text", { x, y, "text-anchor": anchor });
  label.textContent = `${cm(metres)} cm`;
  return [svg("path", { d: `M${ax} ${ay}L${bx} ${by}${tick(ax, ay)}${tick(bx, by)}` }), label];
}
