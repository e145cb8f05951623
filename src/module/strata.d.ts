/**
 * Strata as an ES module: user-operations analytics inside the browser tab. Nothing is sent anywhere.
 *
 * ```js
 * import { open } from "./strata.js";
 * const data = await open([file], { timeZone: "Asia/Shanghai" });
 * const outcome = await data.run({ analysis: "retention", params: { period: "week" } });
 * data.close();
 * ```
 */

/** How far reading has come. */
export interface Progress {
  /** Bytes read so far. */
  bytes: number;
  /** Bytes of all files together. */
  totalBytes: number;
  /** Rows read so far. */
  rows: number;
  /** Seconds since reading began. */
  seconds: number;
}

/** How the times of a column are written. */
export type TimeFormat = "yearFirst" | "dayFirst" | "monthFirst" | "epochSeconds" | "epochMilliseconds"
  | "epochMicroseconds" | "epochNanoseconds" | "excelSerial";

/** Which column is what, by column name; guessed from names and contents when absent. `Data.info.mapping` shows it. */
export interface Mapping {
  /** What the rows are; `"events"` when absent. */
  kind?: "events" | "orders" | "users" | "costs" | "surveys" | "ids";
  /** The user's id; every kind but costs needs it. */
  user?: string;
  /** When it happened; users and ids need none. */
  time?: string;
  timeFormat?: TimeFormat | null;
  /** What happened; without it every row is a purchase. */
  event?: string;
  /** The amount of the purchase or refund. */
  value?: string;
  /** The order's id. */
  order?: string;
  channel?: string;
  /** Pieces of an order line; with a price and no value, the value is their product. */
  quantity?: string;
  /** The price of one piece. */
  price?: string;
  /** What was spent on a channel. */
  cost?: string;
  /** How often an advertisement was shown. */
  impressions?: string;
  /** How often it was clicked. */
  clicks?: string;
  /** The answer to a survey. */
  score?: string;
  /** The smallest and the largest score that can be given; 0 and 10 when absent. */
  scoreRange?: [number, number];
  /** Further columns with ids of the same user, in a map of ids. */
  sameUser?: string[];
  /** How refunds are told from orders without an event column: by a negative value when absent. */
  refunds?:
    | "negativeValue"
    | { statusColumn: { column: string; values: string[] } }
    | { orderPrefix: { prefix: string } }
    | "none";
  /** Other columns to keep, for filters. */
  attributes?: string[];
  /** Types of attributes that are not text. */
  types?: { [column: string]: "text" | "number" | "time" };
  /** Events that are purchases; guessed from their names when absent. */
  purchaseEvents?: string[];
  /** Events that are refunds; guessed from their names when absent. */
  refundEvents?: string[];
}

/** The first day of a week. */
export type WeekStart = "monday" | "sunday";

/** How files are read. Whatever is left out is guessed from the files. */
export interface OpenOptions {
  /** Which column is the user, the time, the event, the value, ...; guessed from names and contents when absent. */
  mapping?: Mapping;
  /** The IANA time zone in which days, weeks and months are counted, `"Asia/Shanghai"`. */
  timeZone?: string;
  /** The first day of a week. */
  weekStart?: WeekStart;
  /** The character between fields; detected when absent. */
  delimiter?: string;
  /** Whether the first row names the columns; detected when absent. */
  header?: boolean;
  /** Reads one user in so many, with all rows, the same in every file; everybody when absent. */
  sample?: number;
  /** Reads the rows of these days only, both included. */
  dates?: { from?: string; to?: string };
  /** Reads even what is estimated not to fit into a tab. */
  ignoreEstimate?: boolean;
  /** Called from time to time while the files are read. */
  onProgress?(progress: Progress): void;
  /** Stops reading; `open` then rejects with an error of kind `cancelled`. */
  signal?: AbortSignal;
}

/** A condition on rows: `column` with what its cells may be, or `from` and `to` alone for days, or `segment` alone for users. */
export interface Condition {
  column?: string;
  /** Texts that are let through. */
  in?: string[];
  /** Texts that are not let through. */
  notIn?: string[];
  /** The smallest number; as text it stays exact. */
  min?: number | string;
  max?: number | string;
  /** The first day, `"2024-03-05"`. */
  from?: string;
  to?: string;
  /** The users whose rows are let through. */
  segment?: Segment;
  /** Lets through the rows of all users outside the segment instead. */
  not?: boolean;
}

/** Users: those behind a cell of an answer (`analysis` and `cell`), or a list of ids (`users`). */
export type Segment =
  | {
      /** What people call it; no figure depends on it. */
      name?: string;
      analysis: Request["analysis"];
      params?: { [key: string]: unknown };
      /** The rows that the question looks at; may contain segments again, at most eight inside one another. */
      filter?: { all: Condition[] };
      /** The cell whose users are meant; see docs/requests.md. */
      cell: unknown;
    }
  | { name?: string; users: string[] };

/** A question and its settings: the same JSON that the page copies and the command line reads; see docs/requests.md. */
export interface Request {
  analysis: "overview" | "activeUsers" | "rfm" | "retention" | "nDay" | "growth" | "revenueGrowth" | "stickiness" | "repurchase";
  /** The question's settings; those left out have documented defaults. */
  params?: { [key: string]: unknown };
  /** Conditions that a row must all meet. */
  filter?: { all: Condition[] };
  /** Asks for the users behind a cell of the report instead of the report. */
  users?: UsersWanted;
}

/** Which of the users behind a cell, and in which order. */
export interface UsersWanted {
  /** The cell; see docs/requests.md. */
  cell: unknown;
  offset?: number;
  limit?: number;
  /** By a column of the list, or by `"user"`, the id; the question's own order when absent. */
  sort?: { column: string; descending?: boolean };
  /** Only users whose id contains this text, in upper or lower case. */
  search?: string;
  /** Asks instead what the list would be saved as; see docs/requests.md. */
  save?: {
    columns?: Array<"id" | "firstSeen" | "lastSeen" | "orders" | "spend" | { member: string } | { attribute: string }>;
    format?: "csv" | "xlsx";
    ids?: "plain" | "pseudonyms";
    language?: "en" | "zh-CN";
  };
}

/** Rows read, used and left out: `rowsRead` = `rowsUsed` + all that is excluded. */
export interface Population {
  rowsRead: number;
  rowsUsed: number;
  rowsExcluded: Array<{ reason: string; rows: number }>;
  users: number;
}

/** An amount of money, exactly: `units / 10 ** scale`. */
export interface Amount {
  units: number;
  scale: number;
}

/** The answer: a plain object, bounded in size, with everything that its figures depend on. */
export interface Outcome {
  analysis: string;
  /** The settings, defaults included. */
  params: { [key: string]: unknown };
  filter: { all: Condition[] };
  timeZone: string;
  weekStart: WeekStart;
  population: Population;
  /** The figures; their shape depends on the question: see docs/requests.md. */
  report: any;
}

/** Some of the users behind a cell; `total` is the number that stands in the cell. */
export interface UserPage {
  total: number;
  /** Those that the search finds; all without a search. */
  matching: number;
  offset: number;
  columns: Array<{ key: string }>;
  /** The user's id, then a cell for each column. */
  rows: Array<Array<string | number | Amount>>;
}

/** A column that was read, and what a filter can choose from in it. */
export interface Column {
  name: string;
  role: "user" | "time" | "event" | "value" | "order" | "channel" | "attribute";
  kind: "text" | "number" | "time";
  /** How many different texts it has; 0 for numbers and times. */
  distinct: number;
  /** Texts with their rows, most frequent first, at most 200; none for ids and where there are more than 10,000. */
  values: Array<[string, number]>;
  /** The smallest number or the first day, as text; nothing for text and for empty columns. */
  min?: string;
  max?: string;
  /** Whether it is an attribute of users; its values are counted by user. */
  ofUser?: boolean;
}

/** What was read. */
export interface Info {
  population: Population;
  /** What became of each file's rows. */
  ledgers: Array<{ [key: string]: unknown }>;
  mapping: Mapping;
  timeZone: string;
  weekStart: WeekStart;
  /** The first and the last day. */
  span: [string, string];
  /** The events with their rows, most frequent first. */
  events: Array<[string, number]>;
  columns: Column[];
}

/** Why something was refused, where, and what would have been right. */
export interface StrataError extends Error {
  /** What happened: `"bad_value"`, `"cancelled"`, ... */
  kind: string;
  file?: string;
  row?: number;
  column?: string;
  /** The place in a request: `"params.period"`. */
  path?: string;
  found?: string;
  expected?: string;
}

/** Open data, held by a worker until it is closed. */
export interface Data {
  /** What was read. */
  readonly info: Info;
  /** Answers a question; with `users` in the request, lists users. Rejects with a `StrataError`. */
  run(request: Request & { users: object }): Promise<UserPage>;
  run(request: Request): Promise<Outcome>;
  /** Ends the worker and frees its memory. */
  close(): void;
}

/** Loads the program and starts a worker ahead of the first `open`. Optional. */
export function prepare(): Promise<void>;

/** Reads files in a worker and gives the open data. Rejects with a `StrataError`. */
export function open(files: Array<File | Blob>, options?: OpenOptions): Promise<Data>;
