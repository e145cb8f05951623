// What the browser itself says about a page: its first paint, every interaction from the input to the next paint (Event
// Timing), what kept its main thread busy (long tasks, long animation frames).

/** Runs in the page before its scripts and leaves `window.watched`. */
export function watch() {
  const watched = { events: [], tasks: [], frames: [], paints: [] };
  window.watched = watched;
  const keep = (type, list, read, options) =>
    new PerformanceObserver((seen) => list.push(...seen.getEntries().map(read))).observe({ type, buffered: true, ...options });
  const span = ({ startTime, duration }) => ({ start: startTime, duration });
  const event = (entry) => ({
    ...span(entry),
    type: entry.name,
    interaction: entry.interactionId,
    waited: entry.processingStart - entry.startTime,
    handled: entry.processingEnd - entry.processingStart,
  });
  const frame = (entry) => ({
    ...span(entry),
    scripts: entry.scripts.reduce((sum, script) => sum + script.duration, 0),
    forced: entry.scripts.reduce((sum, script) => sum + script.forcedStyleAndLayoutDuration, 0),
    layout: entry.styleAndLayoutStart ? entry.startTime + entry.duration - entry.styleAndLayoutStart : 0,
    callers: entry.scripts.map((script) => `${script.invoker} ${script.duration.toFixed(0)}`),
  });
  keep('event', watched.events, event, { durationThreshold: 16 });
  keep('longtask', watched.tasks, span);
  keep('long-animation-frame', watched.frames, frame);
  keep('paint', watched.paints, ({ name, startTime }) => ({ name, at: startTime }));

  // A step: from `begin` until what it waits for has been on the screen for a while.
  let step;
  const input = (event) => {
    if (!step || !event.isTrusted) return;
    step.last = event.timeStamp;
    step.held = step.painted = undefined;
  };
  for (const type of ['pointerdown', 'keydown']) window.addEventListener(type, input, { capture: true, passive: true });
  const UNFINISHED = ['.page[aria-busy="true"]', '#users-table .cell-waiting'];
  const shown = (selector) => document.querySelector(selector)?.checkVisibility();
  const holds = ({ there, gone }) =>
    (!there || shown(there)) && ![gone, ...UNFINISHED].some((selector) => selector && shown(selector));
  const look = (now) => {
    if (!step) return;
    // The time between two frames says how smooth something is that is no interaction: scrolling, pointing.
    const gap = now - (step.frame ?? now);
    step.gap = Math.max(step.gap, gap);
    if (gap > 50) step.stirred = now;
    step.frame = now;
    const mine = step;
    if (!holds(step.wanted)) step.held = step.painted = undefined;
    else if (step.held === undefined) {
      step.held = now;
      // Behind the frame.
      setTimeout(() => (mine.painted = performance.now()));
    }
    requestAnimationFrame(look);
  };
  watched.begin = (wanted) => {
    step = { wanted, start: performance.now(), stirred: performance.now(), gap: 0 };
    requestAnimationFrame(look);
  };
  watched.end = async (limit) => {
    const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    const mine = step;
    const asked = performance.now();
    // An interaction is reported some time after its frame, later when the page is busy.
    while (mine.painted === undefined || performance.now() - Math.max(mine.painted, mine.stirred, asked) < 200) {
      if (performance.now() - mine.start > limit) break;
      await pause(20);
    }
    step = undefined;
    const since = (list) => list.filter((entry) => entry.start + entry.duration >= mine.start);
    return {
      done: mine.painted !== undefined,
      answered: mine.last === undefined ? undefined : mine.painted - mine.last,
      gap: mine.gap,
      events: since(watched.events).filter((entry) => entry.interaction && entry.start >= mine.start - 10),
      tasks: since(watched.tasks),
      frames: since(watched.frames),
    };
  };
}
