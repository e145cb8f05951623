// A hand on mouse and keyboard: everything is real input, and every step tells how the page took it.

/** An interaction that the browser does not report took less than this, in milliseconds. */
export const UNREPORTED = 16;
/** Between inputs, so that each has its own frame, as with people. */
const PAUSE = 60;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Hand {
  constructor(page, limit) {
    this.page = page;
    this.limit = limit;
    this.inputs = 0;
  }

  /** Does something until `wanted` holds: a selector that is `there`, one that is `gone`. No page is ever busy then. */
  async step(name, act, wanted = {}) {
    this.inputs = 0;
    await this.page.evaluate((wanted) => window.watched.begin(wanted), wanted);
    await act(this);
    const seen = await this.page.evaluate((limit) => window.watched.end(limit), this.limit);
    if (!seen.done) throw new Error(`${name}: ${JSON.stringify(wanted)} does not come about within ${this.limit / 1000} s`);
    return { name, inputs: this.inputs, answered: seen.answered, gap: seen.gap, ...summary(seen) };
  }

  /** Presses the button of the mouse on an element that nothing covers. */
  async click(selector, options = {}) {
    const { x, y } = await this.find(selector, options);
    await this.page.mouse.click(x, y);
    this.inputs++;
    await pause(PAUSE);
  }

  /** Presses keys one after another. */
  async press(...keys) {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      this.inputs++;
      await pause(PAUSE);
    }
  }

  type(text) {
    return this.press(...text);
  }

  /** Puts the focus on an element, which is no interaction. */
  async focus(selector) {
    await this.find(selector);
    await this.page.focus(selector);
  }

  /** Chooses the next or the previous of a list by keyboard. */
  async choose(selector, key) {
    await this.focus(selector);
    await this.press(key);
  }

  /** Turns the wheel over an element. */
  async wheel(selector, turns, by) {
    const { x, y } = await this.find(selector);
    await this.page.mouse.move(x, y);
    for (let turn = 0; turn < turns; turn++) {
      await this.page.mouse.wheel(...by);
      await pause(16);
    }
  }

  /** Moves the pointer over an element from left to right. */
  async sweep(selector, moves = 40) {
    const { left, width, y } = await this.find(selector);
    for (let move = 0; move < moves; move++) {
      await this.page.mouse.move(left + (width * (move + 0.5)) / moves, y);
      await pause(16);
    }
  }

  /** Holds the button down over a part of an element. */
  async drag(selector, from, to) {
    const { left, width, y } = await this.find(selector);
    await this.page.mouse.move(left + width * from, y);
    await this.page.mouse.down();
    for (let move = 1; move <= 10; move++) {
      await this.page.mouse.move(left + width * (from + ((to - from) * move) / 10), y);
      await pause(16);
    }
    await this.page.mouse.up();
    this.inputs++;
    await pause(PAUSE);
  }

  /** Where an element lies after it was scrolled into sight; `at` is the place in it, as parts of its size. */
  async find(selector, { at = [0.5, 0.5] } = {}) {
    await this.page.waitForSelector(selector, { timeout: this.limit });
    const place = await this.page.evaluate(findIt, [selector, at]);
    if (place.over) throw new Error(`${selector} is covered by ${place.over}`);
    return place;
  }
}

/** In the page. */
async function findIt([selector, [across, down]]) {
  const element = document.querySelector(selector);
  const lies = () => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { left, width, x: left + width * across, y: top + height * down };
  };
  const covers = ({ x, y }) => {
    const found = document.elementFromPoint(x, y);
    if (found && (element.contains(found) || found.contains(element))) return undefined;
    return found?.outerHTML.slice(0, 120) ?? 'nothing';
  };
  if (covers(lies())) element.scrollIntoView({ block: 'center', behavior: 'instant' });
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  return { ...lies(), over: covers(lies()) };
}

/** Of what the browser reported: one entry for each interaction, its longest event; the longest task and frame. */
function summary({ events, tasks, frames }) {
  const found = new Map();
  for (const { interaction, type, duration, waited, handled } of events) {
    const one = found.get(interaction) ?? { type, duration: 0, waited: 0, handled: 0 };
    // A click is the end of what began with the pointer going down.
    if (duration > one.duration) Object.assign(one, { type, duration });
    found.set(interaction, { ...one, waited: Math.max(one.waited, waited), handled: one.handled + handled });
  }
  const interactions = [...found.values()];
  const largest = (list) => list.reduce((most, entry) => (entry.duration > (most?.duration ?? 0) ? entry : most), undefined);
  return { interactions, task: largest(tasks)?.duration ?? 0, frame: largest(frames) };
}

/** Interaction to next paint of a step: its slowest interaction; nothing where there was none. */
export const slowest = ({ inputs, interactions }) =>
  inputs ? Math.max(UNREPORTED, ...interactions.map((interaction) => interaction.duration)) : undefined;
