// Where a journey is made: both builds, from a server and from disk, in both browsers.
import { after, before, describe, test } from "node:test";

import { firefoxMissing, launchChromium, launchFirefox, openTab, serveDist } from "./lib.mjs";
import { appears, keepOffers } from "./hands.mjs";

const environments = [
  { name: "served, Chromium", build: "served", launch: launchChromium, skip: false },
  { name: "from disk, Chromium", build: "single", launch: launchChromium, skip: false },
  { name: "served, Firefox", build: "served", launch: launchFirefox, skip: firefoxMissing },
  { name: "from disk, Firefox", build: "single", launch: launchFirefox, skip: firefoxMissing },
];

/** Each build and each browser once: what only pages do, and neither the build nor where it comes from can change. */
export const crosswise = (journeys, begin) => everywhere(journeys, begin, ["served, Chromium", "from disk, Firefox"]);

/**
 * Makes each journey in each environment. A journey is `[name, (tab) => ...]` or `[name, options of openTab, (tab) => ...]`;
 * it gets a page that has just been opened and shows `begin`, which is then closed and has to have behaved.
 */
export function everywhere(journeys, begin = "#choose-file", names = environments.map(({ name }) => name)) {
  for (const { name, build, launch, skip } of environments.filter(({ name }) => names.includes(name))) {
    describe(name, { skip }, () => {
      let browser, server;
      before(async () => {
        server = build === "served" ? await serveDist() : undefined;
        browser = await launch();
      });
      after(async () => {
        await browser?.close();
        await server?.close();
      });
      for (const [title, ...rest] of journeys) {
        test(title, async () => {
          const [options, journey] = rest.length === 2 ? rest : [{}, rest[0]];
          // Playwright takes downloads itself; puppeteer's Firefox cannot.
          const prepare = launch === launchFirefox ? keepOffers : undefined;
          const tab = await openTab(browser, { build, server, prepare, ...options });
          try {
            await appears(tab, begin);
            await journey(tab);
          } catch (error) {
            await tab.screenshot(`failed-${name}-${title}`.replace(/[^a-z0-9]+/gi, "-")).catch(() => {});
            await tab.discard();
            throw error;
          }
          await tab.close();
        });
      }
    });
  }
}
