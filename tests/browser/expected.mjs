// What the page has to say: the reference results of the sample data, written as each language writes them.
import { readFileSync } from "node:fs";

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));

/** What an independent program computed of the sample data; see tests/reference/README.md. */
export const reference = read("../reference/sample.json");

/** Every phrase, by language. */
export const words = { en: read("../../locales/en.json"), zh: read("../../locales/zh-CN.json") };

/** A phrase with its places filled. */
export const fill = (phrase, values = {}) => phrase.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

/** All phrases of a language as `path: text`. */
export function phrases(tree, path = "") {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[`${path}${key}`, value]] : phrases(value, `${path}${key}.`));
}

/** A whole number: 12,345. */
export const integer = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ",");

/** An amount of fen: 1,234.50. */
export function money(fen) {
  const digits = String(Math.abs(fen)).padStart(3, "0");
  return `${fen < 0 ? "-" : ""}${integer(digits.slice(0, -2))}.${digits.slice(-2)}`;
}

/** A number with two places. */
export const decimal = (value) => money(Math.round(value * 100));

/** A share as a percentage with one place; what lies exactly between two goes up, as in a spreadsheet. */
export function percent(share) {
  return `${(Math.round(share * 1000 * (1 + 1e-14)) / 10).toFixed(1)}%`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A day, given as 2024-03-05. */
export function date(language, day) {
  const [year, month, number] = day.split("-").map(Number);
  return language === "zh" ? `${year}年${month}月${number}日` : `${months[month - 1]} ${number}, ${year}`;
}

/** The month of a day, given as 2024-03-05. */
export function month(language, day) {
  const [year, number] = day.split("-").map(Number);
  return language === "zh" ? `${year}年${number}月` : `${months[number - 1]} ${year}`;
}

/** The day that lies some days after another. */
export function dayAfter(day, days) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Users and revenue (in fen) of each pair of recency and frequency scores, as "51". */
export function grid(method = "tie_min_rank") {
  const cells = {};
  for (const [code, { users, revenue }] of Object.entries(reference.rfm.methods[method].codes)) {
    const cell = (cells[code.slice(0, 2)] ??= { users: 0, revenue: 0 });
    cell.users += users;
    cell.revenue += revenue;
  }
  return cells;
}

/** Users and revenue of the eleven segments: the reference's ten, with the lost (R1 F1) taken out of the hibernating. */
export function elevenSegments(method = "tie_min_rank") {
  const segments = structuredClone(reference.rfm.methods[method].segments);
  const lost = grid(method)["11"];
  segments.hibernating.users -= lost.users;
  segments.hibernating.revenue -= lost.revenue;
  return { ...segments, lost };
}
