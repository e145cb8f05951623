// Large letters, small and huge screens, paper, less motion, more contrast, colours of one's own: nothing is cut off, nothing lies
// beside the window, the focus is seen. A window of 1280 pixels at 400% is one of 320.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { appears, ask, click, openSample, press } from "./hands.mjs";
import { launchChromium, openTab, serveDist } from "./lib.mjs";
import { answered, freeze, goTo, pages, painted, tourBefore, tourGallery, tourPages } from "./tour.mjs";

const windows = [
  { name: "400%", width: 320, height: 640 },
  { name: "a small phone", width: 360, height: 740 },
  { name: "4K", width: 3840, height: 2160 },
];

describe("every window", () => {
  let browser, server;
  before(async () => {
    server = await serveDist();
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  for (const { name, ...size } of windows) {
    for (const language of ["en-US", "zh-CN"]) {
      test(`${name}, ${language}: nothing is wider than the window, nothing is cut off, lines can be read`, async () => {
        const tab = await openTab(browser, { server, language, ...size });
        const wrong = new Set();
        await freeze(tab);
        const visit = async (scene, layer) => {
          for (const found of await ask(tab, misfits, layer)) wrong.add(`${scene}: ${found}`);
          if (process.env.STRATA_SCREENSHOTS) await tab.screenshot(`zoom-${size.width}-${language}-${scene}`, { fullPage: false });
        };
        await tourBefore(tab, visit);
        await tourPages(tab, visit);
        await tourGallery(tab, visit);
        await tab.close();
        assert.deepEqual([...wrong], []);
      });
    }
  }

  test("less motion: nothing moves for longer than 20 ms", async () => {
    const tab = await openTab(browser, { server });
    await tab.page.emulateMedia({ reducedMotion: "reduce" });
    const moving = new Set();
    const visit = async () => (await ask(tab, slowest)).forEach((found) => moving.add(found));
    await tourBefore(tab, visit);
    await tourPages(tab, visit);
    await tourGallery(tab, visit);
    await tab.close();
    assert.deepEqual([...moving], []);
  });

  for (const media of [{ forcedColors: "active" }, { contrast: "more" }]) {
    test(`${Object.keys(media)[0]}: the focus is seen everywhere, and what can be pressed has an edge`, async () => {
      const tab = await openTab(browser, { server });
      await tab.page.emulateMedia({ ...media, reducedMotion: "reduce" });
      await openSample(tab);
      const unseen = new Set();
      for (const page of pages) {
        await goTo(tab, page);
        await tab.screenshot(`${Object.keys(media)[0]}-${page}`, { fullPage: false });
        await ask(tab, () => document.activeElement.blur());
        for (let step = 0; step < 60; step += 1) {
          await press(tab, "Tab");
          const found = await ask(tab, withoutRing);
          if (found) unseen.add(`${page}: ${found}`);
        }
        await press(tab, "Escape");
      }
      const bare = await ask(tab, () => [...document.querySelectorAll(".button:not(.quiet), select, input[type=date], .segmented, .card, .chart")]
        .filter((element) => element.getClientRects().length > 0 && getComputedStyle(element).borderTopStyle === "none")
        .map((element) => element.outerHTML.slice(0, 100)));
      await tab.close();
      assert.deepEqual([...unseen], [], "the focus cannot be seen");
      assert.deepEqual(bare, [], "without an edge");
    });
  }

  test("paper: no bar lies over the page, tables and charts are whole, nothing that can only be pressed", async () => {
    // A4 at 96 pixels to the inch, less the margins.
    const tab = await openTab(browser, { server, width: 718, height: 1046 });
    await openSample(tab);
    for (const page of pages) {
      await goTo(tab, page);
      await tab.page.emulateMedia({ media: "print" });
      await painted(tab);
      await tab.screenshot(`paper-${page}`);
      assert.deepEqual(await ask(tab, onPaper), [], page);
      await tab.page.emulateMedia({ media: "screen" });
      await answered(tab);
    }
    await click(tab, "#nav-overview");
    await appears(tab, "#answer");
    await tab.close();
  });
});

/** Runs in the page: what lies beside the window or the layer, texts cut off by their own box, and lines too long to read. */
function misfits(layer) {
  const [width, height] = [document.documentElement.clientWidth, window.innerHeight];
  const found = [];
  const called = (element) => `${element.tagName.toLowerCase()}${element.id && `#${element.id}`}${[...element.classList].map((name) => `.${name}`).join("")}`;
  const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX) && element.clientWidth <= width;
  const inScroller = (element) => {
    for (let above = element.parentElement; above; above = above.parentElement) if (scrolls(above)) return true;
    return false;
  };
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !element.closest(".visually-hidden, .skip, [aria-hidden=true]") && getComputedStyle(element).clipPath === "none";
  if (document.documentElement.scrollWidth > width) found.push(`the page is ${document.documentElement.scrollWidth} wide in ${width}`);
  const scope = layer ? document.querySelector(layer) : document.body;
  if (layer) {
    const box = scope.getBoundingClientRect();
    if (box.height > 0 && (box.left < -1 || box.top < -1 || box.right > width + 1 || box.bottom > height + 1)) {
      found.push(`${called(scope)} lies beside the window: ${[box.left, box.top, box.right, box.bottom].map(Math.round)}`);
    }
  }
  for (const element of scope.querySelectorAll("*")) {
    if (!shown(element) || element.closest("svg")) continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0) continue;
    if ((box.right > width + 1 || box.left < -1) && !inScroller(element)) found.push(`${called(element)} lies beside the window`);
    const texts = [...element.childNodes].filter((node) => node.nodeType === 3 && node.data.trim() !== "");
    if (texts.length === 0) continue;
    const style = getComputedStyle(element);
    const cut = style.overflowX !== "visible" && !/auto|scroll/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
    // What ends in an ellipsis says so, and is whole in its title or its name.
    const told = style.textOverflow === "ellipsis" && element.closest("[title], [aria-label]");
    // The gallery shows on purpose what becomes of a text that is too long for its place.
    const shownSo = element.closest(".specimen .button") !== null;
    if (cut && !told && !shownSo) found.push(`${called(element)} is cut off: ${element.textContent.trim().slice(0, 30)}`);
    // Reading text, not the cells of a table: more than 110 letters, or 60 Chinese ones, lose the eye.
    const letter = Number.parseFloat(style.fontSize);
    if (/^(P|LI|DD)$/.test(element.tagName) && box.width > letter * 70 && box.height > letter * 2.6 && !element.closest("td, th")) {
      found.push(`${called(element)} has lines of ${Math.round(box.width / letter)} em: ${element.textContent.trim().slice(0, 30)}`);
    }
  }
  return found;
}

/** Runs in the page: what would move for longer than 20 ms. */
function slowest() {
  const longest = (times) => Math.max(...times.split(",").map((time) => Number.parseFloat(time) * (time.includes("ms") ? 1 : 1000)));
  return [...document.querySelectorAll("*")].flatMap((element) => ["", "::before", "::after"].flatMap((part) => {
    const style = getComputedStyle(element, part || null);
    const moves = [["transition", style.transitionDuration], ["animation", style.animationName === "none" ? "0s" : style.animationDuration]];
    return moves.filter(([, times]) => longest(times) > 20)
      .map(([kind]) => `${element.tagName.toLowerCase()}.${element.className.baseVal ?? element.className}${part}: ${kind}`);
  }));
}

/** Runs in the page: the element that has the focus, when nothing shows that it has. */
function withoutRing() {
  const element = document.activeElement;
  if (element === document.body || element === null) return undefined;
  const rings = (of) => {
    const style = getComputedStyle(of);
    return style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2;
  };
  // A figure in a table has its ring around the cell.
  const part = element.closest("label, .switch, .segmented, .search-box, [class*=field], td, th") ?? element;
  return rings(element) || rings(part) ? undefined : element.outerHTML.slice(0, 120);
}

/** Runs in the page: what does not belong on paper, or is not whole on it. */
function onPaper() {
  const found = [];
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((element) => element.getClientRects().length > 0);
  for (const element of shown(".side, .bar-actions, .panel, .toasts, .popover, .chart-tools")) found.push(`${element.className} is printed`);
  for (const element of shown("body *")) {
    if (["fixed", "sticky"].includes(getComputedStyle(element).position)) found.push(`${element.tagName}.${element.className} sticks to the paper`);
  }
  for (const scroller of shown(".table-scroll")) {
    if (scroller.scrollHeight > scroller.clientHeight + 1 || scroller.scrollWidth > scroller.clientWidth + 1) {
      found.push(`a table is cut off: ${scroller.scrollWidth} x ${scroller.scrollHeight} in ${scroller.clientWidth} x ${scroller.clientHeight}`);
    }
  }
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) found.push(`the page is ${document.documentElement.scrollWidth} wide in ${width}`);
  return found;
}
