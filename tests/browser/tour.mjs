// The way past everything that can be seen: each page, and each dialog, panel and list that opens on it. Every step shows
// something and calls `visit(name, layer)`; `layer` selects what lies above the page, if anything does.
import { appears, ask, choose, click, disappears, isVisible, openSample, press, waitFor } from "./hands.mjs";

const rows = Array.from({ length: 40 }, (_, row) =>
  `0${100 + (row % 11)},2025-0${1 + (row % 6)}-1${row % 10} 1${row % 10}:30:00,${row * 7 + 9.9},NO-${row},${["web", "app", "小红书"][row % 3]}`);

/** A small file with some rows that cannot be read. */
export const orders = {
  name: "orders-2025.csv",
  text: `${["user_id,order_time,amount,order_no,channel", ...rows, "0999,someday,1,X,web", ",2025-01-01,1,X,web", "0998,2025-01-01"].join("\n")}\n`,
};

/** The pages that data have. */
export const pages = ["overview", "growth", "segments", "life-cycle", "value", "tiers", "clusters", "builder", "portrait", "retention", "repurchase", "funnel", "paths"];

/** Waits until the page has its answer and has drawn its charts. */
export async function answered(tab) {
  await waitFor(tab, () => {
    const charts = [...document.querySelectorAll("main canvas")];
    const page = document.querySelector("main .page, main [aria-busy]");
    // Rules are counted, and everybody is described, not drawn.
    const drawn = charts.length > 0 || document.querySelector("#rule-users, #portrait-sides") !== null;
    return page?.getAttribute("aria-busy") === "false" && document.querySelector("main table tbody tr") !== null
      && drawn && charts.every((canvas) => canvas.width > 0);
  }, undefined, "the page does not come to an end", 60);
  await painted(tab);
}

/** Waits until what has been decided is on the screen. */
export const painted = (tab) =>
  ask(tab, () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/** Opens a page from the navigation. */
export async function goTo(tab, page) {
  await click(tab, `#nav-${page}`);
  await waitFor(tab, (page) => document.querySelector(`#nav-${page}`).getAttribute("aria-current") === "page", page, page);
  // A rule that the data can answer, so that there is something to see.
  if (page === "builder") await click(tab, "#rule-start-0");
  await answered(tab);
}

/** Opens the gallery, with or without data, and waits for its tables. */
export async function goToGallery(tab) {
  await ask(tab, () => { location.hash = "#/gallery"; });
  await appears(tab, "#table-million tbody td", 60);
  await waitFor(tab, () => [...document.querySelectorAll("#gallery canvas")].every((canvas) => canvas.width > 0), undefined, "no charts");
  await painted(tab);
}

/** Nothing moves, blinks or follows the pointer any more. */
export async function freeze(tab) {
  await tab.page.addStyleTag({
    content: "*, *::before, *::after { animation: none !important; caret-color: transparent !important; scroll-behavior: auto !important; transition: none !important; }",
  });
}

/** Opens something with a click, shows it, and closes it with Escape; `layer` is what lies above the page then. */
async function showing(tab, visit, name, opener, shown, layer) {
  await click(tab, opener);
  await appears(tab, shown);
  await painted(tab);
  await visit(name, layer);
  await press(tab, "Escape");
  await disappears(tab, shown);
}

/** What is there before data are: start, proof, columns, a mistake, the import report of a file with unreadable rows. */
export async function tourBefore(tab, visit) {
  await appears(tab, "#try-sample");
  await visit("start");
  await showing(tab, visit, "proof", "#proof-open", "#proof-close", "#proof");
  await tab.upload({ name: "picture.csv", text: "\u0000\u0001\u0002" });
  await appears(tab, "#error");
  await visit("error");
  await click(tab, "#error-dismiss");
  await tab.upload(orders);
  await appears(tab, "#preview");
  await visit("mapping-open");
  await choose(tab, 'select[data-column="order_time"]', "time");
  await visit("mapping");
  await click(tab, "#analyze");
  await appears(tab, "#set-aside-note", 60);
  await appears(tab, "#active-users canvas");
  await answered(tab);
  await visit("overview-own");
  await showing(tab, visit, "import-report", "#set-aside-open", "[data-testid=ledger-reason]", "#ledger");
  await click(tab, "#close-data");
  await appears(tab, "#try-sample");
}

/** Every page of the sample with its definition and its users, and what the bar opens. */
export async function tourPages(tab, visit) {
  await openSample(tab);
  for (const page of pages) {
    await goTo(tab, page);
    await ask(tab, () => document.querySelectorAll("main details").forEach((details) => { details.open = true; }));
    await visit(page);
    await showing(tab, visit, `${page}-definition`, "#definition-open", "#definition", "#definition-panel");
    if (page === "overview") await tourBar(tab, visit);
    if (page === "segments") await tourUsers(tab, visit);
    if (page === "growth") await tourGrowth(tab, visit);
    if (page === "paths") await tourPaths(tab, visit);
    if (page === "retention") {
      await ask(tab, () => document.querySelector("#retention-heat-table, #retention-curves-table").click());
      await painted(tab);
      await visit("retention-as-table");
      await tourLifetime(tab, visit);
    }
  }
}

/** The other part of retention, with groups. */
async function tourLifetime(tab, visit) {
  await click(tab, "#retention-part-lifetime");
  await appears(tab, "#lifetime-curve canvas");
  await choose(tab, "#breakdown", "channel");
  await appears(tab, "#lifetime-group-curves canvas");
  await answered(tab);
  await visit("retention-lifetime");
}

/** The other parts of growth. */
async function tourGrowth(tab, visit) {
  for (const part of ["revenue", "stickiness"]) {
    await click(tab, `#growth-part-${part}`);
    await appears(tab, part === "revenue" ? "#growth-revenue canvas" : "#growth-power canvas");
    await answered(tab);
    await visit(`growth-${part}`);
  }
}

/** The other parts of paths, and what can be done with an event. */
async function tourPaths(tab, visit) {
  await click(tab, "#paths-event-0");
  await appears(tab, "#paths-event-actions");
  await visit("paths-event");
  for (const part of ["matrix", "transitions", "sequences"]) {
    await click(tab, `#paths-view-${part}`);
    await appears(tab, part === "sequences" ? "#sequence-trend canvas" : `#paths-${part} canvas`);
    // The step matrix has no table beside it.
    await (part === "matrix" ? painted(tab) : answered(tab));
    await visit(`paths-${part}`);
  }
  await click(tab, "#sequence-1-filter");
  await appears(tab, "#filter-form");
  await visit("paths-sequences-condition");
  await press(tab, "Escape");
  await disappears(tab, "#filter-form");
}

/** What the bar, its menus and the keys open. */
async function tourBar(tab, visit) {
  await showing(tab, visit, "data-menu", "#data-menu", "#report-open", "#data-menu-panel");
  await showing(tab, visit, "dates", "#dates", "#date-range-month-0", "#dates-panel");
  await showing(tab, visit, "segment-menu", "#segment", "#segment-list", "#segment-panel");
  await showing(tab, visit, "comparison", "#compare", "#compare-previous", "#compare-panel");
  await showing(tab, visit, "zone", "#zone", "#zone-name", "#zone-panel");
  await showing(tab, visit, "filter", "#filter-add", "#filter-values", "#filter-add-panel");
  await showing(tab, visit, "request", "#request-open", "#request-text", "#request");
  await showing(tab, visit, "palette", "#palette-open", "dialog[open] [role=combobox]", "dialog[open]");
  await press(tab, "?");
  await appears(tab, "#shortcuts dl");
  await visit("shortcuts", "#shortcuts");
  await press(tab, "Escape");
  await disappears(tab, "#shortcuts");
  await tourScope(tab, visit);
}

/** Dates, a comparison and a filter at once, and then none of them. */
async function tourScope(tab, visit) {
  await click(tab, "#dates");
  await click(tab, "#date-range-month-0");
  await press(tab, "Escape");
  await click(tab, "#compare");
  await click(tab, "#compare-previous");
  await appears(tab, "#change-users");
  await press(tab, "Escape");
  await click(tab, "#filter-add");
  await appears(tab, "#filter-values");
  await click(tab, "#filter-values input");
  await click(tab, "#filter-apply");
  await appears(tab, "#filter .chip, #filter-clear");
  await answered(tab);
  await visit("overview-compared");
  while (await ask(tab, () => !document.querySelector("#undo").disabled)) {
    await click(tab, "#undo");
    await painted(tab);
  }
  await answered(tab);
}

/** The users behind a figure, and the form that keeps them. */
async function tourUsers(tab, visit) {
  await click(tab, "#rfm-groups tbody tr:first-child button");
  await waitFor(tab, () => document.querySelectorAll("#users-table tbody tr td").length > 0, undefined, "no users");
  await painted(tab);
  await visit("users", "#users-panel");
  await click(tab, "#users-list");
  await appears(tab, "#list-preview tbody tr");
  await click(tab, "#list-ids-pseudonyms");
  await appears(tab, "#list-passphrase");
  await visit("save-list", "#save-list");
  await press(tab, "Escape");
  await disappears(tab, "#save-list");
  await click(tab, "#users-save");
  await appears(tab, "#segment-name");
  await visit("save-segment", "#save-segment");
  await press(tab, "Escape");
  await disappears(tab, "#save-segment");
  if (await isVisible(tab, "#users-panel")) await click(tab, "#users-panel-close");
  await disappears(tab, "#users-panel");
}

/** The gallery, and the layers it opens. */
export async function tourGallery(tab, visit) {
  await goToGallery(tab);
  await visit("gallery");
  await showing(tab, visit, "gallery-list", "#gallery-combobox", "#gallery-combobox-list", "#gallery-combobox-panel");
  await showing(tab, visit, "gallery-popover", "#gallery-popover", "#gallery-popover-panel", "#gallery-popover-panel");
  await showing(tab, visit, "gallery-panel", "#gallery-panel-open", "#gallery-panel", "#gallery-panel");
  await click(tab, "#gallery-toast-undo");
  await appears(tab, "#toasts .toast");
  await visit("toast", "#toasts");
  await click(tab, "#toasts .toast:last-child .icon-button");
}
