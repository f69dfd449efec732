// Tables of figures: sorted by a click on a column, and as CSV.

import { button, h, icon, ICONS } from "./dom.js";

const FORMULA = /^\s*[=+\-@\t\r]/;

/** A cell of CSV (RFC 4180); text that a spreadsheet would take for a formula gets an apostrophe in front. */
const csvCell = (value) => {
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value ?? "") ? `'${value}` : String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const csv = (columns, rows) =>
  [columns.map((c) => csvCell(c.title)), ...rows.map((row) => columns.map((c) => csvCell(c.value(row))))]
    .map((cells) => `${cells.join(",")}\r\n`)
    .join("");

/** A button that saves what `rows()` gives as `name`.csv. */
export function csvButton(name, columns, rows) {
  const save = () => {
    const blob = new Blob(["\ufeff", csv(columns, rows())], { type: "text/csv;charset=utf-8" });
    const link = h("a", { href: URL.createObjectURL(blob), download: `${name}.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  return button([icon(ICONS.download), "CSV"], save, { class: "quiet", "aria-label": `Save “${name}” as CSV` });
}

/**
 * A table. A column is {title, value(row): number or text, show(row): what is seen}; numbers stand to the right. With
 * `sortable`, titles are buttons. `fill(rows)` replaces the rows.
 */
export function table(caption, columns, { sortable = false } = {}) {
  const body = h("tbody", {});
  let rows = [];
  let by = null;
  let down = true;

  const isNumber = (column) => rows.some((row) => typeof column.value(row) === "number");
  const order = (a, b) => {
    const [x, y] = [by.value(a), by.value(b)];
    const sign = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
    return down ? -sign : sign;
  };
  const heads = columns.map((column) => {
    const sort = () => {
      down = by === column ? !down : isNumber(column);
      by = column;
      draw();
    };
    return h("th", { scope: "col" }, sortable ? button(column.title, sort, { class: "sort" }) : column.title);
  });

  function draw() {
    if (by) rows.sort(order);
    columns.forEach((column, n) => {
      heads[n].className = isNumber(column) ? "n" : "";
      if (by === column) heads[n].setAttribute("aria-sort", down ? "descending" : "ascending");
      else heads[n].removeAttribute("aria-sort");
    });
    body.replaceChildren(
      ...rows.map((row) =>
        h(
          "tr",
          {},
          columns.map((column, n) => {
            const text = column.show?.(row) ?? String(column.value(row));
            const kind = typeof column.value(row) === "number" ? "n" : "";
            return n ? h("td", { class: kind }, text) : h("th", { scope: "row" }, text);
          }),
        ),
      ),
    );
  }

  const whole = h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      { class: "figures" },
      h("caption", { class: "unseen" }, caption),
      h("thead", {}, h("tr", {}, heads)),
      body,
    ),
  );
  whole.fill = (found) => {
    rows = [...found];
    draw();
  };
  whole.rows = () => rows;
  return whole;
}

/** The numbers behind a chart, folded away. */
export function behind(name, columns, rows) {
  const numbers = table(name, columns);
  numbers.fill(rows);
  return h(
    "details",
    { class: "behind" },
    h("summary", {}, "Table"),
    numbers,
    h(
      "p",
      {},
      csvButton(name, columns, () => rows),
    ),
  );
}
