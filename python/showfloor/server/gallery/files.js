// What was dropped or chosen → the files of one capture, or the reason why they are none.

const PHOTOS = new Set("jpg jpeg png webp heic heif tif tiff bmp".split(" "));
const VIDEOS = new Set("mp4 mov m4v avi mkv webm mpg mpeg 3gp".split(" "));
const RAW = new Set(
  "3fr arw cr2 cr3 crw dng erf iiq kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srf srw x3f".split(" "),
);
const COLOUR = new Set(["color", "colour", "image", "images", "rgb"]);
const DEPTH = new Set(["depth", "depths"]);

/** Suffixes for <input accept>. */
export const ACCEPT = [...PHOTOS, ...VIDEOS].map((s) => `.${s}`).join(",");

const suffix = (name) => name.slice(name.lastIndexOf(".") + 1).toLowerCase();
const natural = new Intl.Collator("en", { numeric: true }).compare;

/** [{path, file}] of a drop, folders included. Must be called inside the event. */
export async function fromDrop(transfer) {
  const entries = [...transfer.items]
    .filter((i) => i.kind === "file")
    .map((i) => i.webkitGetAsEntry?.() ?? i.getAsFile());
  const found = [];
  const walk = async (entry) => {
    if (entry instanceof File) found.push({ path: entry.name, file: entry });
    else if (entry?.isFile) {
      const file = await new Promise((done, failed) => entry.file(done, failed));
      found.push({ path: entry.fullPath.replace(/^\//, ""), file });
    } else if (entry?.isDirectory) {
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((done, failed) => reader.readEntries(done, failed));
        if (!some.length) break; // readEntries gives at most 100 at a time
        for (const inside of some) await walk(inside);
      }
    }
  };
  for (const entry of entries) await walk(entry);
  return found;
}

/** [{path, file}] of a file input. */
export const fromInput = (input) =>
  [...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/**
 * Sorts found files into one capture.
 * Returns {files: [{name, file}], kind: "photos" | "photo" | "video" | "rgbd", title, ignored: [name], problem}.
 */
export function sort(found) {
  const shown = found.filter(
    ({ path }) => !path.split("/").some((part) => part.startsWith(".") || part === "Thumbs.db"),
  );
  const { root, files } = withoutRoot(shown);
  files.sort((a, b) => natural(a.path, b.path));
  const places = new Set(files.map(({ path }) => path.split("/").slice(0, -1).join("/")));
  const tops = [...places].map((f) => f.split("/")[0].toLowerCase());
  const none = { files: [], kind: "", title: root, ignored: shown.map(({ path }) => path) };

  if (tops.some((t) => COLOUR.has(t)) && tops.some((t) => DEPTH.has(t))) {
    return { files: named(files), kind: "rgbd", title: root, ignored: [], problem: "" };
  }
  const photos = files.filter(({ path }) => PHOTOS.has(suffix(path)));
  const videos = files.filter(({ path }) => VIDEOS.has(suffix(path)));
  const rest = files.filter((f) => !photos.includes(f) && !videos.includes(f));
  if (photos.length) {
    const inside = new Set(photos.map(({ path }) => path.split("/").slice(0, -1).join("/")));
    if (inside.size > 1) {
      const names = [...inside]
        .sort(natural)
        .slice(0, 3)
        .map((n) => `“${n || "."}”`)
        .join(", ");
      const folders = `${names}${inside.size > 3 ? ", …" : ""}`;
      const problem = `The photos lie in ${inside.size} folders (${folders}). One asset is one product: take one folder.`;
      return { ...none, problem };
    }
    const ignored = [...videos, ...rest].map(({ path }) => path);
    const flat = photos.map(({ path, file }) => ({ path: path.split("/").pop(), file }));
    return { files: named(flat), kind: photos.length > 1 ? "photos" : "photo", title: root, ignored, problem: "" };
  }
  if (videos.length === 1) {
    const [{ path, file }] = videos;
    const name = path.split("/").pop();
    const title = root || name.replace(/\.[^.]*$/, "");
    return {
      files: named([{ path: name, file }]),
      kind: "video",
      title,
      ignored: rest.map((f) => f.path),
      problem: "",
    };
  }
  if (videos.length)
    return { ...none, problem: `These are ${videos.length} videos. One asset is made from one: take one.` };
  if (rest.some(({ path }) => RAW.has(suffix(path)))) {
    return { ...none, problem: "Camera RAW files are not read. Export them as JPEG, PNG or TIFF." };
  }
  const problem = shown.length
    ? "Neither photos nor a video. Photos are JPEG, PNG, WebP, HEIC, TIFF or BMP, videos MP4, MOV, WebM and others."
    : "There are no files in it.";
  return { ...none, problem };
}

/** Takes away the folders that all paths begin with; `root` is the last of them. */
function withoutRoot(found) {
  let files = found;
  let root = "";
  while (
    files.length &&
    files.every(({ path }) => path.includes("/") && path.split("/")[0] === files[0].path.split("/")[0])
  ) {
    root = files[0].path.split("/")[0];
    files = files.map(({ path, file }) => ({ path: path.slice(root.length + 1), file }));
  }
  return { root, files: [...files] };
}

/** Unique names: a phone calls every photo image.jpg. */
function named(files) {
  const used = new Set();
  return files.map(({ path, file }) => {
    let name = path;
    for (let n = 2; used.has(name); n++) name = path.replace(/(\.[^./]*)?$/, `-${n}$1`);
    used.add(name);
    return { name, file };
  });
}
