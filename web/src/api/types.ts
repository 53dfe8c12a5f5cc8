// Generated from openapi.json by `npm run types`. Do not edit.

/** A file beside the one of the version before. */
export type Against = "first" | "same" | "changed" | "added";

/** Another office that has something of a lead. */
export type AlsoAt = {
  /** The office. */
  office: string;
  /** Its name. */
  office_name: string;
  /** What it has too. */
  shared: readonly (string)[];
};

/** Something else that could explain the rows. */
export type Alternative = {
  decision?: (Decision | null);
  /** Its kind: `household`, `open_wifi`, `cgnat`, `vpn`, `account_shared`, `wrong_zone`, `typing_error`, `device_shared`. */
  kind: string;
  /** How it stands. */
  state: AlternativeState;
  /** Why it stands so. */
  why: string;
  /** The same in words. */
  words: string;
};

/** How another explanation stands. */
export type AlternativeState = "open" | "checked" | "unlikely" | "not_applicable";

/** The leads of an office. */
export type AtOffice = {
  /** Of these, how many have their province by an estimate only. */
  estimated: number;
  /** Of these, how many are tied to a person. */
  identified: number;
  /** How many leads. */
  leads: number;
  /** Its name. */
  name: string;
  /** The office. */
  office: string;
  /** Provinces of its leads, two letters. */
  provinces: readonly (string)[];
  /** Its seat. */
  seat: string;
};

/** An authority that records are received under. */
export type Authority = {
  /** What became of it. */
  fate: Fate;
  /** Its first day. */
  from: string;
  /** Its number: `A-1`. */
  id: string;
  /** The kind of act. */
  kind: string;
  /** What it is limited to. */
  scope: Scope;
  /** What it is, in its own words. */
  text: string;
  /** Its last day. */
  until: string;
  /** Whether it holds today. */
  valid_today: boolean;
  /** The last day on which it can be validated, where it must be. */
  validate_by?: string | null;
};

/** How soon to act, from named factors. */
export type Band = {
  /** Until when, RFC 3339, UTC. */
  act_by?: string | null;
  /** Why. */
  factors: readonly (Factor)[];
  /** The band. */
  name: BandName;
};

/** How soon to act. */
export type BandName = "very_high" | "high" | "medium" | "low" | "informational";

/** A row of bytes. */
export type Bytes = {
  /** As ASCII; a point for what is none. */
  ascii: string;
  /** Offset of the first. */
  byte: number;
  /** Two hexadecimal digits a byte; two blanks where it is left out. */
  hex: readonly (string)[];
  /** The first column that is marked, from 0. */
  marked_from: number;
  /** The first column behind it that is not. */
  marked_to: number;
};

/** A row of a sheet. */
export type CellRow = {
  /** The text of its cells. */
  cells: readonly (string)[];
  /** Whether the place means it, or a cell of it. */
  marked: boolean;
  /** Its number, from 1. */
  number: number;
};

/** What a user may change of the session. */
export type Change = {
  /** Why personal data is consulted from here on: at most 500 characters. */
  reason: string;
};

/** An officer's decision. */
export type Choice = "accept" | "reject" | "unsure";

/** What is decided. */
export type Chosen = "accept" | "reject" | "unsure" | "withdraw";

/** A row that a finding stands on. */
export type Cited = {
  /** Where in that file. */
  place: Place;
  /** The row's id: 16 hexadecimal digits. */
  row: string;
  /** SHA-256 of the file received, hexadecimal. */
  source: string;
  /** The table. */
  table: string;
};

/** A column. */
export type Column = {
  /** What it holds, in English; empty where it only says how a source wrote another. */
  doc: string;
  /** What filters see: `text`, `truth`, `number`, `date`, `instant` or `address`. */
  holds: string;
  /** The kind of value: text, whole number, instant. */
  kind: string;
  /** Its name. */
  name: string;
  /** Whether rows can be sorted by it, its values counted, and held against a value. Where not, as in a column that says what a source wrote, it can be searched with `contains`. */
  sorts: boolean;
};

/** How the bytes of a file were held against its digest. */
export type Compared = {
  /** The number of the ledger's entry of that. */
  entry?: number | null;
  /** When they were hashed again last, RFC 3339, UTC; none when that was never recorded. */
  last?: string | null;
  /** Whether they were compared for this answer. They are not: only the size is. */
  now: boolean;
  /** Whether they were those that the supplier's digests describe when they came; none when there were none. */
  on_receipt?: boolean | null;
  /** All this in a sentence. */
  words: string;
};

/** What a lead must meet to leave as an attribution. */
export type Condition = {
  /** Its name. */
  name: string;
  /** Whether it is met. */
  passed: boolean;
  /** Why. */
  why: string;
  /** The same in words. */
  words: string;
};

/** Who wants to add a passkey. */
export type Confirmed = {
  /** The account's passphrase: a session alone adds no further way in. */
  passphrase: string;
};

/** A stretch of a column's values. */
export type Counted = {
  /** The first value in it, as cells have it. */
  from: unknown;
  /** How many rows lie in it. */
  rows: number;
  /** The first value after it. */
  until: unknown;
};

/** Rows counted along a column. */
export type Counts = {
  /** The column. */
  column: string;
  /** How many rows that meet the conditions have no value. */
  empty: number;
  /** `tutela.counts/1`. */
  schema: string;
  /** Stretches of equal length one after another, from the least value to the greatest; none where no row has one. */
  stretches: readonly (Counted)[];
  /** The table. */
  table: string;
};

/** Something that ends. */
export type Deadline = {
  /** A date, or an instant, RFC 3339. */
  by: string;
  /** `act`, `ask` or `authority`. */
  kind: string;
  /** The lead. */
  lead?: string | null;
  /** Whom it concerns: an operator, a platform; null for what concerns a lead or an authority itself. */
  of?: string | null;
  /** Whether it had passed at the last act. */
  past: boolean;
  /** What is to be done until then. */
  what: string;
};

/** A decision to be recorded. */
export type Decide = {
  /** What is decided. */
  choice: Chosen;
  /** A finding (F-…), a lead (L-001), or other explanations of a lead (L-001/household, L-001/household,vpn). */
  finding: string;
  /** Why: 1 to 2,000 characters. */
  reason: string;
  /** The number in the ledger of the decision that the officer has seen as counting; null for none. Where another counts by now, nothing is recorded and the answer is 409 with the code `conflict`. */
  seen?: number | null;
};

/** A decision, in words. */
export type Decision = {
  /** When, RFC 3339, UTC. */
  at: string;
  /** What was decided. */
  choice: Choice;
  /** By whom. */
  officer: string;
  /** What it is on, in words. */
  on: string;
  /** Why. */
  reason: string;
  /** What it is recorded under. */
  subject: string;
  /** Whether it no longer counts. */
  withdrawn: boolean;
  /** The same in words that fit what it is on. */
  words: string;
};

/** Decisions that count. */
export type Decisions = {
  /** One for each subject, by subject. */
  decisions: readonly (Standing)[];
  /** `tutela.decisions/1`. */
  schema: string;
};

/** What hangs together with one thing. */
export type Document = {
  /** The nodes and edges, with what is left out. */
  graph: Drawn;
  /** How two accounts hang together, pair by pair, where a second was named: the way whose weakest pair is strongest. None where no way leads there. */
  path?: readonly (Step)[] | null;
};

/** Nodes and edges: `tutela.graph/1`. */
export type Drawn = {
  /** What is between them. */
  edges: readonly (Edge)[];
  /** What is not shown of what hangs together with the nodes, by kind and reason. */
  left_out: readonly (LeftOut)[];
  /** The nodes, the first one first, then by steps from it and strength. */
  nodes: readonly (Node)[];
  /** `tutela.graph/1`. */
  schema: string;
};

/** What is between two nodes. */
export type Edge = {
  /** The findings. */
  findings: readonly (string)[];
  /** A node. */
  from: string;
  /** The analysis that says so; `lead` for what a lead holds, `registered` for the subscriber of a line. */
  kind: string;
  /** The highest log10 of a likelihood ratio that a finding has for this pair; null where none has one. */
  log10_lr?: number | null;
  /** How many files received the rows come from that the findings list. */
  sources: number;
  /** The other. */
  to: string;
  /** The same in words (ENFSI 2015). */
  words?: string | null;
};

/** Acts of the ledger. */
export type Entries = {
  /** Kinds of act that the ledger has. */
  acts: readonly (string)[];
  /** Those asked for, the latest first. */
  entries: readonly (Entry)[];
  /** Officers that it names. */
  officers: readonly (string)[];
  /** The root over all entries (RFC 9162). */
  root: string;
  /** `tutela.ledger/1`. */
  schema: string;
  /** How many meet what was asked. */
  total: number;
};

/** An act. */
export type Entry = {
  /** What: `import`, `decide`, `analyse`. */
  act: string;
  /** When, RFC 3339, UTC. */
  at: string;
  /** Its particulars. */
  body: unknown;
  /** Whether its particulars were erased. */
  erased: boolean;
  /** By whom. */
  officer: string;
  /** Together with whom, where two act. */
  second?: string | null;
  /** Its number, from 0. */
  seq: number;
  /** The key of a signature. */
  signer?: string | null;
};

/** A line of the log. */
export type Event = {
  /** The account, as it was given: there may be none of this name. */
  account: string;
  /** When, RFC 3339, UTC. */
  at: string;
  /** The address that was refused, the role that was given, the seconds of a lock-out, the reason, the passkey. */
  detail: string;
  /** What happened. */
  event: What;
  /** The address that it came from; empty where it was done on the command line. */
  from: string;
  /** The operation's id; empty where it is of no operation. */
  operation: string;
};

/** A seized device, or a part of one. */
export type Exhibit = {
  /** The hash that stands in the image, with its kind. */
  acquired_hash?: string | null;
  /** Of these, deleted ones. */
  deleted: number;
  /** What it is. */
  description?: string | null;
  /** Files found. */
  files: number;
  /** How it came: an image's form, a folder. */
  form?: string | null;
  /** The image's name. */
  image?: string | null;
  /** Files that lists know. */
  known: number;
  /** Files that lists knew and have withdrawn. */
  known_withdrawn: number;
  /** The lists that were tried. */
  lists: readonly (Tried)[];
  /** Its number. */
  number: string;
  /** The exhibit that it is a part of. */
  part_of?: string | null;
  /** SHA-256 of the whole, hexadecimal. */
  sha256?: string | null;
  /** Files similar to listed ones. */
  similar: number;
  /** Bytes. */
  size?: number | null;
  /** What could not be read. */
  unread: number;
};

/** The exhibits: `tutela exhibit list --json`. */
export type Exhibits = {
  /** By number. */
  exhibits: readonly (Exhibit)[];
  /** `tutela.exhibits/1`. */
  schema: string;
};

/** One lead with its full reasoning: `tutela explain LEAD --json`. */
export type Explained = {
  /** Its findings. */
  findings: readonly (Finding)[];
  /** SHA-256 over the stored findings, `sha256:…`. */
  findings_digest: string;
  /** The lead. */
  lead: Lead;
  /** The operation's title. */
  operation: string;
  /** Null: how two of its accounts hang together is asked by the verb `explain`. */
  path: unknown;
  /** `tutela.explain/1`. */
  schema: string;
  /** Empty: what would become of it without files is asked by the work `what_if`. */
  without: readonly (unknown)[];
};

/** As what a lead may leave the operation. */
export type Export = {
  /** `attribution` or `intelligence`. */
  as: string;
  /** What it must meet to leave as an attribution. */
  conditions: readonly (Condition)[];
  /** The same in words. */
  words: string;
};

/** What officers graded: `tutela grade --exposure --json`. An officer is told their own days; whoever may hand on, and whoever serves this machine alone, everybody's. Which files it were is never told. */
export type Exposure = {
  /** By officer and day; a day without a grade is not among them. */
  days: readonly (ExposureDay)[];
  /** Between two acts that are further apart, no time is counted. */
  gap_minutes: number;
  /** Who asks. */
  officer: string;
  /** How whoever asks stands to the unit's rules. */
  rest: ExposureRest;
  /** How the minutes are estimated, in a sentence. */
  rule: string;
  /** `tutela.exposure/1`. */
  schema: string;
  /** Whose days these are: `own` or `all`. */
  whose: string;
  /** The zone in which a day begins and ends. */
  zone: string;
};

/** How many contents were given a category. */
export type ExposureCategory = {
  /** The category. */
  category: string;
  /** How many contents. */
  files: number;
  /** The scheme that the category is of. */
  scheme: string;
};

/** What an officer graded on a day. */
export type ExposureDay = {
  /** How many of each category. */
  categories: readonly (ExposureCategory)[];
  /** The day: `2026-03-01`. */
  day: string;
  /** How many contents; one that was graded twice is one. */
  files: number;
  /** The estimate of the time at work, in minutes. */
  minutes: number;
  /** The officer. */
  officer: string;
  /** How often a category was taken back. */
  taken_back: number;
};

/** How an officer stands to the unit's rules on grading. */
export type ExposureRest = {
  /** The hours in which nobody grades, `20:00-08:00`; null where there are none. */
  hours?: string | null;
  /** Until when the rules do not stop the officer, RFC 3339, UTC; null where nobody lifted them. */
  lifted_until?: string | null;
  /** The limit of minutes a day; null where there is none. */
  limit_minutes?: number | null;
  /** The estimate of the officer's minutes of this day. */
  minutes_today: number;
  /** Which rule stops the officer now: `minutes` or `hours`; null where none does. */
  stopped?: string | null;
};

/** A ground of a band. */
export type Factor = {
  /** The finding that says so. */
  finding?: string | null;
  /** Its name. */
  name: string;
  /** Whether records say so. */
  state: FactorState;
  /** The same in words. */
  words: string;
};

/** A factor of a band; unknown is not no. */
export type FactorState = "yes" | "no" | "unknown";

/** What became of an authority. */
export type Fate = {
  /** The act that validates it. */
  act?: string | null;
  /** Why it has lapsed. */
  reason?: string | null;
  /** `stands`, `validated` or `lapsed`. */
  state: string;
};

/** A statement of an analysis with its rows, its strength, and what else could explain it: `tutela findings --jsonl`. */
export type Finding = {
  /** Rows against. */
  against: readonly (Cited)[];
  /** What else could explain the rows. */
  alternatives: readonly (Alternative)[];
  /** The analysis. */
  analysis: string;
  decision?: (Decision | null);
  /** Its id: `F-…`. */
  finding: string;
  /** log10 of the likelihood ratio; null for a statement of fact about rows. */
  log10_lr?: number | null;
  /** How it was found, and by which source. */
  method: string;
  /** How many rows there are against. */
  n_against: number;
  /** How many rows there are in favour. */
  n_rows: number;
  /** The two propositions, for and against. */
  propositions: readonly (string)[];
  /** What would refute it. */
  refuted_by: readonly (string)[];
  /** Rows in favour: all, or a spread of them. */
  rows: readonly (Cited)[];
  /** The settings of the analysis. */
  settings: Readonly<Record<string, unknown>>;
  /** What it says. */
  statement: string;
  /** Which sentence that is. */
  statement_key: string;
  /** The values of the sentence. */
  values: Readonly<Record<string, unknown>>;
  /** The same in words (ENFSI 2015). */
  words?: string | null;
};

/** Some findings. */
export type Findings = {
  /** Those asked for, by id. */
  findings: readonly (Finding)[];
  /** `tutela.findings/1`. */
  schema: string;
  /** How many there are in all. */
  total: number;
};

/** The form of a graph that leaves the operation. */
export type Format = "graphml" | "csv" | "anx";

/** A value of a column. */
export type Frequent = {
  /** The name of the file received, where the column is `source`. */
  file?: string | null;
  /** How many rows have it. */
  rows: number;
  /** The value, as cells have it. */
  value: unknown;
};

/** The grade of a file. */
export type Grade = {
  /** When, RFC 3339, UTC. */
  at?: string | null;
  /** Who gave it. */
  by?: string | null;
  /** The category. */
  category?: string | null;
  /** Whether another grade contradicts it. */
  in_dispute: boolean;
  /** MD5, hexadecimal. */
  md5?: string | null;
  /** The scheme that the category is of. */
  scheme?: string | null;
  /** The series that the file belongs to. */
  series?: string | null;
  /** SHA-1, hexadecimal. */
  sha1?: string | null;
  /** SHA-256, hexadecimal. */
  sha256?: string | null;
};

/** A file that was graded. */
export type Graded = {
  /** The category. */
  category?: string | null;
  /** MD5, hexadecimal. */
  md5?: string | null;
  /** The scheme. */
  scheme: string;
  /** SHA-256, hexadecimal. */
  sha256?: string | null;
  /** Whether an earlier category was taken back. */
  withdrawn: boolean;
};

/** What was graded. */
export type GradedNow = {
  /** The files. */
  graded: readonly (Graded)[];
  /** `tutela.grade/1`. */
  schema: string;
};

/** The grades that count: `tutela grade --json`. */
export type Grades = {
  /** By scheme and category. */
  grades: readonly (Grade)[];
  /** `tutela.grades/1`. */
  schema: string;
};

/** A graph that leaves the operation. */
export type HandOn = {
  /** The form. */
  format: Format;
  /** Which graph. */
  graph: Which;
  /** To whom it goes. */
  to?: string;
};

/** A file that left. */
export type Handed = {
  /** What it is to the file of the same name of the version before. */
  against: Against;
  /** Whether a copy is here. */
  is_here: boolean;
  /** Its name and folders. */
  path: string;
  /** SHA-256, hexadecimal. */
  sha256: string;
  /** Its length in bytes. */
  size: number;
};

/** Something that a word names. */
export type Hit = {
  /** `lead`, `account`, `line`, `subscriber`, `peer`, `handle`, `exhibit`, `finding`, `file`. */
  kind: string;
  /** The lead that it is of. */
  lead?: string | null;
  /** SHA-256 of the file, hexadecimal. */
  source?: string | null;
  /** What is named. */
  text: string;
};

/** What a word names. */
export type Hits = {
  /** Leads before files, by rank. */
  hits: readonly (Hit)[];
  /** `tutela.search/1`. */
  schema: string;
  /** How many there are; at most 50 are told. */
  total: number;
};

/** Somebody who can answer. */
export type Holder = {
  /** An operator, a platform, a hotspot. */
  of: string;
  /** What is to be asked. */
  steps: readonly (ToAsk)[];
};

/** How much can be said of the record. */
export type Integrity = "red" | "amber" | "green";

/** How a piece of work stands. */
export type JobState = "running" | "done" | "stopped" | "failed";

/** A piece of work as it stands. */
export type JobTold = {
  /** When it was begun, RFC 3339, UTC. */
  begun_at: string;
  /** What it made, as the command line writes it with --json; null while it runs. */
  data: unknown;
  /** When it ended; null while it runs. */
  ended_at?: string | null;
  /** What went wrong, with how to mend it. */
  error?: string | null;
  /** The code that the command line would have ended with; null while it runs. */
  exit?: number | null;
  /** Its number, from 1. */
  id: number;
  progress?: (Progress | null);
  /** How it stands. */
  state: JobState;
  /** What it said, a line each. */
  talk: readonly (string)[];
  /** Its verb: `analyse`, `verify`, `rebuild`, `what_if`, `report`, `prepare` (a table, to be sorted and filtered). */
  verb: string;
};

/** All work since the server was started. */
export type Jobs = {
  /** The latest first. */
  jobs: readonly (JobTold)[];
  /** `tutela.jobs/1`. */
  schema: string;
};

/** The findings about one person or line. */
export type Lead = {
  /** `platform/account`. */
  accounts: readonly (string)[];
  /** Other offices that have something of the lead. */
  also_at: readonly (AlsoAt)[];
  /** What else could explain the rows. */
  alternatives: readonly (Alternative)[];
  /** How soon to act. */
  band: Band;
  /** Whether an officer has closed it. */
  closed: boolean;
  /** Decisions on it and on its other explanations. */
  decisions: readonly (Decision)[];
  /** Numbers of exhibits. */
  exhibits: readonly (string)[];
  /** As what it may leave the operation. */
  export: Export;
  /** Findings that it stands on, by id. */
  findings: readonly (string)[];
  /** The first grounds of its band, in the sentences of their findings. */
  grounds: readonly (string)[];
  /** Handles of payment services. */
  handles: readonly (string)[];
  /** Its number, which changes with its rank: `L-001`. */
  lead: string;
  /** `operator/line`. */
  lines: readonly (string)[];
  /** Grounds that are missing. */
  missing: readonly (string)[];
  /** What to ask next. */
  next_steps: readonly (NextStep)[];
  /** The office that acts. */
  office?: string | null;
  /** `registration` or `estimate`: by what the office is told. */
  office_by?: string | null;
  /** That office's name. */
  office_name?: string | null;
  /** `network/peer`. */
  peers: readonly (string)[];
  /** To whom its accounts are tied, and how far. */
  person: Person;
  /** How many earlier proceedings records name. */
  precedents: number;
  /** The province by registration, two letters. */
  province?: string | null;
  /** The province by a list of address ranges: an estimate. */
  province_estimate?: string | null;
  /** Its rank, from 1. */
  rank: number;
  /** How strongly the records support it. */
  strength: Strength;
  /** To whom each line is registered, in the order of the lines; null where no record says. */
  subscribers: readonly (string | null)[];
  /** What the strongest of its findings says. */
  why?: string | null;
};

/** A lead, as a map tells it. */
export type LeadOnMap = {
  /** Whether its province is an estimate by a list of address ranges: no evidence of a place. */
  estimated: boolean;
  /** Whether its accounts are tied to a person. */
  identified: boolean;
  /** Its number. */
  lead: string;
};

/** The ranked leads: `tutela leads --json`. */
export type Leads = {
  /** The time of the last act that they stand on, RFC 3339, UTC. */
  as_of: string;
  /** All decisions. */
  decisions: readonly (Decision)[];
  /** Whether another explanation is still unanswered. */
  draft: boolean;
  /** SHA-256 over the stored findings, `sha256:…`. */
  findings_digest: string;
  /** The leads by rank. */
  leads: readonly (Lead)[];
  /** The operation's title. */
  operation: string;
  /** `tutela.leads/1`. */
  schema: string;
  /** Whether it is made up. */
  synthetic: boolean;
  /** What must be known before the leads are read. */
  warnings: readonly (string)[];
};

/** The record of acts. */
export type Ledger = {
  /** What can be said of it, in a sentence. */
  claim: string;
  /** How many acts it has. */
  entries: number;
  /** How much can be said of it. */
  integrity: Integrity;
};

/** What is not shown. */
export type LeftOut = {
  /** What it is. */
  kind: string;
  /** How many. */
  n: number;
  /** `kind`: its kind was not asked for; `weak`: many share it; `limit`: too many nodes; `hops`: too far away. */
  why: string;
};

/** That an officer may go on. */
export type Lifted = {
  /** The officer. */
  officer: string;
  /** `tutela.lifted/1`. */
  schema: string;
  /** Until when, RFC 3339, UTC. */
  until: string;
};

/** A line of a text. */
export type Line = {
  /** Where what is shown of it begins in the file. */
  byte?: number | null;
  /** Whether it has more behind what is shown. */
  cut_after: boolean;
  /** Whether it has more before what is shown. */
  cut_before: boolean;
  /** Its number, from 1. */
  number: number;
  /** Whether it belongs to the record or value that the place is in. */
  of_record: boolean;
  /** Its text in pieces. */
  pieces: readonly (Piece)[];
};

/** How often there is a name or word among looks. */
export type LookCount = {
  /** How many looks have it. */
  looks: number;
  /** The name or word. */
  name: string;
};

/** A look at personal data. */
export type LookedAt = {
  /** When, RFC 3339, UTC. */
  at: string;
  /** What was asked: `leads`, `table`, `search`. */
  kind: string;
  /** Of what: a lead, a table, the words that were searched for. Null where that may be personal data, and whoever asks sees none. */
  of?: string | null;
  /** Who looked. */
  officer: string;
  /** Why; empty when it was not said. */
  reason: string;
};

/** Looks at personal data. An officer is told their own; whoever may audit, and whoever serves this machine alone, everybody's. */
export type Looks = {
  /** How many there are for whoever asks. */
  kept: number;
  /** What was asked, and how often. */
  kinds: readonly (LookCount)[];
  /** Those asked for, the latest first. */
  looks: readonly (LookedAt)[];
  /** Who looked, and how often. */
  officers: readonly (LookCount)[];
  /** `tutela.looks/1`. */
  schema: string;
  /** How many meet what was asked. */
  total: number;
  /** Whose looks these are: `own` or `all`. */
  whose: string;
  /** The zone in which a day begins and ends. */
  zone: string;
};

/** A report to be made. */
export type Make = {
  /** Whether it is refused while it could only be a draft. */
  final?: boolean;
  /** The language that it is written in. */
  lang: Written;
  /** The whole report with all packages, or packages alone. */
  part: Part;
  /** Of packages, only those of this region: its name or code. */
  region?: string | null;
  /** To whom it goes, for the ledger. */
  to?: string;
};

/** The provinces as shapes of one plane, with their leads. */
export type Map = {
  /** Leads that no record and no list places in a province. */
  elsewhere: number;
  /** The plane's height. */
  height: number;
  /** Lines between provinces of one region, as SVG writes paths. */
  inner: string;
  /** Lines between regions, and to the sea and other countries. */
  outer: string;
  /** The provinces by code. */
  provinces: readonly (Province)[];
  /** `tutela.map/1`. */
  schema: string;
  /** Whom the shapes are from, to be written beside them. */
  source: string;
  /** The plane's width, in its units; y grows downwards. */
  width: number;
};

/** The operation. */
export type Named = {
  /** When it was created, RFC 3339, UTC. */
  created: string;
  /** Whether it is made up: no real person stands behind any row. */
  synthetic: boolean;
  /** Its title. */
  title: string;
};

/** A passkey that was made. */
export type NewPasskey = {
  /** `PublicKeyCredential.toJSON()` of what the browser was given. */
  credential: Readonly<Record<string, unknown>>;
  /** What the officer calls it: 1 to 60 characters. */
  label: string;
  /** The ticket that came with what was asked. */
  ticket: string;
};

/** A passphrase that replaces another. */
export type NewPassphrase = {
  /** The one from here on: at least 15 characters. */
  new: string;
  /** The one until now. */
  old: string;
};

/** What to ask next. */
export type NextStep = {
  /** What. */
  ask: string;
  /** Until when it is kept, a date; null where that is not known. */
  by?: string | null;
  /** How much an answer would tell, in bits. */
  gain_bits: number;
  /** Whom. */
  of: string;
  /** Why. */
  why: string;
};

/** A node. */
export type Node = {
  /** How many steps it is from the first. */
  hop: number;
  /** Its id: `account:agorachat/10005057`. */
  id: string;
  /** What it is: lead, account, referral, line, subscriber, device, selector, exhibit, peer or handle. */
  kind: string;
  /** Its name. */
  label: string;
  /** How many nodes it hangs together with, shown or not. */
  neighbours: number;
  weak?: (Weak | null);
  /** Where it is drawn, in whole numbers; the first node at 0, 0. */
  x: number;
  /** Where it is drawn. */
  y: number;
};

/** Where the operation stands. */
export type Overview = {
  /** What ends when, the nearest first. */
  deadlines: readonly (Deadline)[];
  /** Leads by office, most first. */
  offices: readonly (AtOffice)[];
  /** What must be known of the records before leads are read. */
  quality: readonly (Quality)[];
  /** `tutela.overview/1`. */
  schema: string;
  /** From connections to persons, in this order. */
  stages: readonly (Stage)[];
  /** Whether records or decisions came since the last analysis, or there was none. */
  stale: boolean;
  /** Leads by how strongly the records support them, the strongest first. */
  strengths: readonly (Strong)[];
  /** Connections that no line can be named for, by why. */
  unattributed: readonly (Reason)[];
};

/** How much is made. */
export type Part = "whole" | "packages";

/** A passkey. */
export type Passkey = {
  /** When it was added, RFC 3339, UTC. */
  added: string;
  /** The server's name that it is of. */
  host: string;
  /** What tells it from all others: its credential ID as base64url. */
  id: string;
  /** What its officer calls it. */
  label: string;
};

/** What a browser asks a passkey. */
export type PasskeyChallenge = {
  /** The options as JSON, for `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` of `PublicKeyCredential` (Web Authentication Level 3, section 5.1). */
  options: Readonly<Record<string, unknown>>;
  /** What the answer comes with, once and within five minutes. */
  ticket: string;
};

/** What a passkey answered. */
export type PasskeySignIn = {
  /** `PublicKeyCredential.toJSON()` of what the browser was given. */
  credential: Readonly<Record<string, unknown>>;
  /** The account's name. */
  name: string;
  /** The ticket that came with what was asked. */
  ticket: string;
};

/** The passkeys of an account. */
export type Passkeys = {
  /** The name of the server that new ones are of: browsers make and use them nowhere else. Null where it has none. */
  host?: string | null;
  /** Those there are, the earliest first. */
  passkeys: readonly (Passkey)[];
  /** `tutela.passkeys/1`. */
  schema: string;
};

/** To whom accounts are tied, and how far. */
export type Person = {
  /** An id that stays when ranks change. */
  id: string;
  /** Ids of all accounts that are taken together. */
  ids: readonly (string)[];
  /** The name that records say. */
  name_said?: string | null;
  /** How far the tie goes. */
  status: PersonStatus;
};

/** How far the accounts of a lead are tied to a person. */
export type PersonStatus = "identified" | "candidate" | "unattributed";

/** A piece of a line. */
export type Piece = {
  /** Whether it is what the place means. */
  marked: boolean;
  /** The text. */
  text: string;
};

/** A spot in a file received: of its fields those that its kind of file has. */
export type Place = {
  /** The first byte, from 0. */
  byte?: number | null;
  /** The cell of a sheet, or the first cell of its row: `B7`. */
  cell?: string | null;
  /** The field of a record, from 1. */
  field?: number | null;
  /** The file, `sha256:…`. */
  file?: string | null;
  /** How many bytes. */
  len?: number | null;
  /** The line that the record starts on, from 1. */
  line?: number | null;
  /** The page, from 1. */
  page?: number | null;
  /** The file inside the file received. */
  path?: string | null;
  /** A JSON pointer (RFC 6901), or for XML the path of element names and ordinals. */
  pointer?: string | null;
  /** The record of a container without lines, from 1. */
  record?: number | null;
  /** The sheet. */
  sheet?: string | null;
};

/** How far a piece of work is. */
export type Progress = {
  /** Units that are done. */
  done: number;
  /** Seconds left, as far as the rate tells. */
  left_s: number;
  /** Units a second. */
  per_second: number;
  /** Units there are; 0 where that is not known. */
  total: number;
  /** What is worked on: a table. */
  what: string;
};

/** A province with its leads. */
export type Province = {
  /** Two letters. */
  code: string;
  /** Its leads. */
  leads: readonly (LeadOnMap)[];
  /** Its name. */
  name: string;
  /** The office that acts there. */
  office?: string | null;
  /** That office's name. */
  office_name?: string | null;
  /** Its border, as SVG writes paths. */
  path: string;
  /** Its region. */
  region: string;
  /** Where its code is written, from the left. */
  x: number;
  /** And from above. */
  y: number;
};

/** Something that must be known of the records. */
export type Quality = {
  /** The finding that waits for a decision. */
  finding?: string | null;
  /** `warning`, `problems` or `sealed`. */
  kind: string;
  /** How many rows or records; 0 where nothing is counted. */
  n: number;
  /** In words; empty where the number says it. */
  what: string;
};

/** A finding with what its rows say. */
export type ReadFinding = {
  /** The finding. */
  finding: Finding;
  /** What its rows say, those in favour before those against. */
  rows: readonly (ReadRow)[];
  /** `tutela.finding/1`. */
  schema: string;
};

/** What a row says. */
export type ReadRow = {
  /** Whether it is against the finding. */
  against: boolean;
  /** Its cells that say something: name and text, instants in UTC. */
  cells: readonly (readonly (never)[])[];
  /** The name of that file. */
  file: string;
  /** Where in that file. */
  place: Place;
  /** The row's id: 16 hexadecimal digits. */
  row: string;
  /** SHA-256 of the file received, hexadecimal. */
  source: string;
  /** The table. */
  table: string;
};

/** Connections that no line can be named for, for one reason. */
export type Reason = {
  /** How many connections. */
  connections: number;
  /** `port_missing`, `near_change`, `no_answer` and others. */
  reason: string;
};

/** A file received. */
export type Received = {
  /** How its bytes were held against its digest. */
  compared: Compared;
  /** Its name when it came. */
  name: string;
  /** The reader that made its rows; none where it was only received. */
  reader?: string | null;
  /** The number of the ledger's entry of its receipt. */
  receipt: number;
  /** When it was received first, RFC 3339, UTC. */
  received_at: string;
  /** SHA-256 of its bytes, hexadecimal. */
  sha256: string;
  /** Its size in bytes. */
  size: number;
};

/** A cell of a record. */
export type RecordCell = {
  /** The column. */
  column: string;
  /** Whether the text is longer than what is shown. */
  cut: boolean;
  /** Whether the place means it. */
  marked: boolean;
  /** Its text; none when the record has no value there, or one that is no text. */
  text?: string | null;
  /** The kind of a value that is no text. */
  value_kind?: string | null;
};

/** What was recorded. */
export type Recorded = {
  /** Whether it counts; where two officers are needed, the first alone does not. */
  counts: boolean;
  /** `tutela.decided/1`. */
  schema: string;
  /** Whether leads and findings must be derived anew. */
  stale: boolean;
  /** The decisions that count on these subjects. */
  standing: readonly (Standing)[];
  /** What it was recorded under. */
  subjects: readonly (string)[];
};

/** Something to be done with referrals. */
export type Refer = {
  /** What is done. */
  done: ReferralDone;
  /** Why: 1 to 2,000 characters. */
  reason: string;
  /** The referrals: 1 to 1,000. */
  referrals: readonly (ReferralNumber)[];
  /** The number in the ledger of the last act on any of them that the officer has seen; null for none. Where there is a later one, nothing is recorded and the answer is 409 with the code `conflict`. */
  seen?: number | null;
  /** To whom, which band, or the number of the other referral; empty takes back what was done before. */
  to: string;
};

/** What can be done with a referral. */
export type ReferralDone = "assign" | "band" | "same_as" | "refer";

/** What officers did with a referral, as far as it counts. */
export type ReferralHandled = {
  assigned?: (ReferralMark | null);
  band?: (ReferralMark | null);
  /** The number in the ledger of the last act on it; null before the first. */
  last?: number | null;
  /** Where it was sent on to, the latest last. */
  referred: readonly (ReferralMark)[];
  same_as?: (ReferralMark | null);
};

/** One thing that an officer did with a referral. */
export type ReferralMark = {
  /** When, RFC 3339, UTC. */
  at: string;
  /** By whom. */
  officer: string;
  /** Why. */
  reason: string;
  /** To whom, which band, or which other referral. */
  to: string;
};

/** A referral by its sender and the number that it has there. */
export type ReferralNumber = {
  /** Who sent it on. */
  issuer: string;
  /** Its number with the sender. */
  reference: string;
};

/** A referral. */
export type ReferralSoFar = {
  /** Until when, RFC 3339, UTC. */
  act_by?: string | null;
  /** Accounts of that lead that other referrals name too: what is already known. */
  also_named: number;
  /** How soon to act on that lead. */
  band?: string | null;
  /** Classifications of these files by the platform, with how many have each. */
  classified: Readonly<Record<string, number>>;
  /** The name of that file. */
  file: string;
  /** How many files it describes. */
  files: number;
  /** What officers did with it. */
  handled: ReferralHandled;
  /** Who sent it on. */
  issuer: string;
  /** The lead that its accounts belong to. */
  lead?: string | null;
  /** The persons or accounts that it states. */
  persons: readonly (Readonly<Record<string, unknown>>)[];
  /** Where in that file. */
  place: Place;
  /** Its number with the sender. */
  reference: string;
  /** What it says, by column of the table `referral`: only columns that say something. */
  said: Readonly<Record<string, unknown>>;
  /** SHA-256 of the file received, hexadecimal. */
  source: string;
};

/** The referrals. */
export type Referrals = {
  /** Those of leads first, by rank. */
  referrals: readonly (ReferralSoFar)[];
  /** `tutela.referrals/1`. */
  schema: string;
  /** Whether records or decisions came since the last analysis, or there was none. */
  stale: boolean;
  /** How many there are; at most 5,000 are told. */
  total: number;
};

/** What was recorded. */
export type ReferredNow = {
  /** How many acts. */
  recorded: number;
  /** `tutela.referred/1`. */
  schema: string;
};

/** What went wrong, in the words of the program. */
export type Refused = {
  /** What went wrong. */
  error: Wrong;
  /** `tutela.error/1`. */
  schema: string;
};

/** Reports and packages that were made. */
export type Reports = {
  /** Leads that the next one would have. */
  leads: number;
  /** `tutela.reports/1`. */
  schema: string;
  /** What would make the next one a draft. */
  unanswered: readonly (Unanswered)[];
  /** What was made, the latest first. */
  versions: readonly (Version)[];
};

/** What was asked and what is to be asked. */
export type Requests = {
  /** Requests that were written, by reference. */
  asked: readonly (Sent)[];
  /** `tutela.requests/1`. */
  schema: string;
  /** What leads leave to be asked, by whom it is to be asked of; of each, the nearest end first. */
  to_ask: readonly (Holder)[];
};

/** A row. */
export type Row = {
  /** Its cells, in the order of the columns: text, numbers, true and false, null; instants in UTC. */
  cells: readonly (unknown)[];
  /** The name of that file. */
  file: string;
  /** Where in that file. */
  place: Place;
  /** Its id: 16 hexadecimal digits. */
  row: string;
  /** SHA-256 of the file received, hexadecimal. */
  source: string;
};

/** A window of a table. */
export type Rows = {
  /** Names of the columns, in the order of the cells. */
  columns: readonly (string)[];
  /** The position of the first row told. */
  offset: number;
  preparing?: (JobTold | null);
  /** The rows. */
  rows: readonly (Row)[];
  /** `tutela.rows/1`. */
  schema: string;
  /** The table. */
  table: string;
  /** How many rows meet what was asked. */
  total: number;
};

/** What an authority is limited to; nothing where it covers everything. */
export type Scope = {
  /** Accounts. */
  accounts: readonly (string)[];
  /** The first day of what may be received. */
  from?: string | null;
  /** Operators and platforms. */
  parties: readonly (string)[];
  /** The last day of what may be received. */
  until?: string | null;
};

/** What came of a second grade. */
export type SecondGraded = {
  /** The file. */
  graded: readonly (SecondGradedFile)[];
  /** `tutela.second_grade/1`. */
  schema: string;
};

/** A file that was graded a second time. */
export type SecondGradedFile = {
  /** Whether another officer had given the same. If not, both are kept, in dispute. */
  agreed: boolean;
  /** The category that the second officer gave. */
  category: string;
  /** MD5, hexadecimal. */
  md5?: string | null;
  /** The scheme. */
  scheme: string;
  /** SHA-256, hexadecimal. */
  sha256?: string | null;
};

/** What waits for a second officer: `tutela grade --blind --json`. It has no category and names nobody. */
export type SecondGrades = {
  /** The files, in the order of their hashes. */
  files: readonly (ToGradeAgain)[];
  /** `tutela.second_grades/1`. */
  schema: string;
  /** The scheme. */
  scheme: string;
};

/** A request that was written. */
export type Sent = {
  /** Of these, control questions, whose answer is known; whoever is asked cannot tell them. */
  control: number;
  /** The first instant asked about, RFC 3339, UTC. */
  first: string;
  /** The last one. */
  last: string;
  /** Who was asked. */
  of: string;
  /** How many questions it has. */
  questions: number;
  /** Of these, repetitions of earlier ones. */
  repeated: number;
  /** Its reference: `R-001`. */
  request: string;
};

/** Who asks, and of which operation. */
export type Session = {
  account?: (SessionAccount | null);
  /** The authorities that records are received under. */
  authorities: readonly (SessionAuthority)[];
  /** What every write must bring in the header `x-tutela-csrf`. */
  csrf: string;
  /** What was found. */
  findings: SessionFindings;
  /** The record. */
  ledger: Ledger;
  /** Who acts, as the ledger will name them. */
  officer: string;
  /** The operation. */
  operation: Named;
  /** Why personal data is consulted, as the officer said last; empty when it was not said. */
  reason: string;
  /** Whether the operation asks for a reason before it shows personal data. */
  reason_needed: boolean;
  /** `tutela.session/1`. */
  schema: string;
  /** The program's version. */
  version: string;
};

/** An account, and what it may do in the operation. */
export type SessionAccount = {
  /** Its name. */
  name: string;
  /** What the role allows: `enter`, `look`, `decide`, `work`, `hand_on`, `check`, `audit`. */
  rights: readonly (string)[];
  /** Its role: `viewer`, `analyst`, `reviewer`, `supervisor`, `auditor`. */
  role: string;
};

/** An authority that records are received under. */
export type SessionAuthority = {
  /** Its first day. */
  from: string;
  /** Its number: `A-1`. */
  id: string;
  /** The same, and what else there is to know of it, in a sentence. */
  state: string;
  /** What it is, in its own words. */
  text: string;
  /** Its last day. */
  until: string;
  /** Whether it holds today. */
  valid_today: boolean;
};

/** What was found. */
export type SessionFindings = {
  /** SHA-256 over the stored findings, `sha256:…`; null before the first analysis. */
  digest?: string | null;
  /** Whether records or decisions came since. */
  stale: boolean;
};

/** What shows to somebody who has no copy of the record that an entry is in it: `tutela ledger prove N --json`. */
export type ShownIncluded = {
  /** The head of the record, which nobody has signed yet. */
  checkpoint: string;
  /** The entry as it is stored. */
  entry?: string | null;
  /** The hash of the entry (RFC 9162, section 2.1.1). */
  leaf: string;
  /** The hashes beside the way from the leaf up to the root (RFC 9162, section 2.1.3). */
  path: readonly (string)[];
  /** Its particulars, whose salted hash is in the entry; null where they were erased, or never were. */
  payload?: string | null;
  /** The root over all entries. */
  root: string;
  /** The salt of that hash, hexadecimal; null where there are no particulars. */
  salt?: string | null;
  /** `tutela.proof/1`. */
  schema: string;
  /** The entry's number, from 0. */
  seq: number;
  /** How many entries the record had. */
  size: number;
};

/** Who comes in, and with what. */
export type SignIn = {
  /** The account's name. */
  name: string;
  /** Its passphrase. */
  passphrase: string;
};

/** A file received. */
export type Source = {
  /** When it was imported, RFC 3339, UTC. */
  at: string;
  /** The authority that it was received under. */
  basis: string;
  /** Its name. */
  name: string;
  /** By whom. */
  officer: string;
  /** Its records that could not be read. */
  problems: number;
  /** Who read it. */
  reader: string;
  /** That reader's version. */
  reader_version: number;
  /** Its rows. */
  rows: number;
  /** Its rows that the authority does not cover. */
  sealed: number;
  /** SHA-256, hexadecimal. */
  sha256: string;
  /** Bytes. */
  size: number;
  /** Records that the reader leaves out, and why. */
  skips: Readonly<Record<string, number>>;
};

/** How many there are of one stage. */
export type Stage = {
  /** How many. */
  n: number;
  /** `connections`, `sightings`, `accounts`, `attributed`, `lines`, `identified`, `candidate`, `unattributed`. */
  stage: string;
};

/** The decision that counts on a subject. */
export type Standing = {
  /** When, RFC 3339, UTC. */
  at: string;
  /** `accept`, `reject` or `unsure`. */
  choice: string;
  /** By whom. */
  officer: string;
  /** Why. */
  reason: string;
  /** Its number in the ledger. */
  seq: number;
  /** What it is on: a finding's id, a person's, or a person's and the kind of an explanation. */
  subject: string;
};

/** What stands at a place of a file received. */
export type Stands = {
  /** The file received. */
  file: Received;
  /** The files inside the file that were opened on the way, outermost first. */
  inside: readonly (string)[];
  /** What is to be known about what is shown. */
  notes: readonly (Told)[];
  /** The place, as it was asked for. */
  place: string;
  /** `tutela.place/1`. */
  schema: string;
  /** What is shown. */
  view: View;
};

/** What is in the operation: `tutela status --json`. */
export type Status = {
  /** The authorities. */
  authorities: readonly (Authority)[];
  /** What can be said of the record. */
  claim: string;
  /** When it was created, RFC 3339, UTC. */
  created: string;
  /** Decisions ever recorded. */
  decisions: number;
  /** SHA-256 over the stored findings, `sha256:…`; null before the first analysis. */
  findings_digest?: string | null;
  /** Whether records or decisions came since. */
  findings_stale: boolean;
  /** Its folder. */
  folder: string;
  /** How much can be said of the record. */
  integrity: Integrity;
  /** Acts in the ledger. */
  ledger_entries: number;
  /** Its title. */
  operation: string;
  /** Records that could not be read. */
  problems: number;
  /** Rows of each table that has some. */
  rows: Readonly<Record<string, number>>;
  /** `tutela.status/1`. */
  schema: string;
  /** The files received, in the order in which they came. */
  sources: readonly (Source)[];
};

/** A pair on the way from one account to another. */
export type Step = {
  /** Its accounts. */
  accounts: readonly (string)[];
  /** The finding on the pair. */
  finding: string;
  /** log10 of the likelihood ratio. */
  log10_lr: number;
  /** The same in words (ENFSI 2015). */
  words: string;
};

/** How strongly records support a proposition against another. */
export type Strength = {
  /** log10 of the likelihood ratio. */
  log10_lr: number;
  /** How much more than the next best, log10; null where there is no other. */
  margin_log10?: number | null;
  /** The two propositions, for and against. */
  propositions: readonly (string)[];
  /** The same in words (ENFSI 2015). */
  words: string;
};

/** Leads of one strength. */
export type Strong = {
  /** How many leads. */
  leads: number;
  /** In words (ENFSI 2015). */
  words: string;
};

/** A table. */
export type Table = {
  /** Its columns in order. */
  columns: readonly (Column)[];
  /** What a row is, in English. */
  doc: string;
  /** Its name. */
  name: string;
  /** How many rows there are. */
  rows: number;
};

/** The tables. */
export type Tables = {
  /** `tutela.tables/1`. */
  schema: string;
  /** All tables that there may be. */
  tables: readonly (Table)[];
};

/** An invitation that is taken up. */
export type TakeUp = {
  /** The code that was handed over; signs between its letters do not count. */
  code: string;
  /** The account's name. */
  name: string;
  /** The passphrase from here on: at least 15 characters. */
  passphrase: string;
};

/** An account. */
export type TeamAccount = {
  /** Why it comes in no more; null while it does. */
  closed?: string | null;
  /** Whether a passphrase is set. */
  has_passphrase: boolean;
  /** Its name. */
  name: string;
  /** Whose it is, as the ledger names them. */
  officer: string;
  /** How many passkeys come in. */
  passkeys: number;
  /** The role in this operation; null for none. */
  role?: string | null;
};

/** Who has an account, as far as one operation is concerned: `tutela.team/1`. */
export type TeamAccounts = {
  /** By name. */
  accounts: readonly (TeamAccount)[];
  /** The operation: the name of its log. */
  operation: string;
  /** `tutela.team/1`. */
  schema: string;
};

/** What happened to accounts: `tutela.team_log/1`. */
export type TeamLog = {
  /** The latest first. */
  events: readonly (Event)[];
  /** `tutela.team_log/1`. */
  schema: string;
};

/** Something to be asked. */
export type ToAsk = {
  /** What. */
  ask: string;
  /** Until when it is kept, a date; null where that is not known. */
  by?: string | null;
  /** How much an answer would tell, in bits. */
  gain_bits: number;
  /** The lead. */
  lead: string;
  /** Whether that had passed at the last act. */
  past: boolean;
  /** Why. */
  why: string;
};

/** A grade to be recorded. */
export type ToGrade = {
  /** The category, in the words of its scheme; null takes the one given before back. */
  category?: string | null;
  /** Hashes of files on exhibits: MD5, SHA-1 or SHA-256, hexadecimal; 1 to 1,000. */
  hashes: readonly (string)[];
  /** Why. */
  reason: string;
  /** The scheme that the category is of. */
  scheme: string;
  /** The series that the files belong to. */
  series?: string | null;
};

/** A file that waits for a second officer. */
export type ToGradeAgain = {
  /** MD5, hexadecimal. */
  md5?: string | null;
  /** SHA-1, hexadecimal. */
  sha1?: string | null;
  /** SHA-256, hexadecimal. */
  sha256?: string | null;
  /** Its size in bytes. */
  size?: number | null;
};

/** A second grade to be recorded. */
export type ToGradeSecond = {
  /** The category, in the words of its scheme. */
  category: string;
  /** The hash of a file: MD5, SHA-1 or SHA-256, hexadecimal. */
  hash: string;
  /** Why. */
  reason: string;
  /** The scheme that the category is of. */
  scheme: string;
};

/** An officer who may go on for twelve hours. */
export type ToLift = {
  /** The officer, as the ledger names them: 1 to 200 characters. */
  officer: string;
  /** Why: 1 to 2,000 characters. */
  reason: string;
};

/** Something said, with a word for programs. */
export type Told = {
  /** The word. */
  code: string;
  /** The sentence. */
  words: string;
};

/** A list that was tried on an exhibit. */
export type Tried = {
  /** SHA-256 of its index, hexadecimal. */
  digest?: string | null;
  /** Files on the exhibit then. */
  files: number;
  /** Of these, met. */
  hits: number;
  /** Kinds of hashes that it has. */
  kinds: string;
  /** The list. */
  list: string;
  /** Of these, looked up. */
  looked_up: number;
  /** Its version. */
  version?: string | null;
};

/** Other explanations of a lead that nobody has answered. */
export type Unanswered = {
  /** What the explanations are, in words. */
  explanations: readonly (string)[];
  /** The lead: L-001. */
  lead: string;
  /** An account or a peer of it, by which a link to it still holds when its number changes. */
  of: string;
};

/** The values of a column. */
export type Values = {
  /** The column. */
  column: string;
  /** How many values it has, in the rows that meet the conditions. */
  distinct: number;
  /** How many of these rows have none. */
  empty: number;
  /** `tutela.values/1`. */
  schema: string;
  /** The table. */
  table: string;
  /** The most frequent values, those of as many rows in their own order. */
  values: readonly (Frequent)[];
};

/** Something that left the operation. */
export type Version = {
  /** When, RFC 3339, UTC. */
  at: string;
  /** Its files. */
  files: readonly (Handed)[];
  /** Files that the version before had and this one has not. */
  gone: readonly (string)[];
  /** Whether it was made from what is found at present. */
  is_current: boolean;
  /** By whom. */
  officer: string;
  /** What it was: `report`, `packages`, or the name of an output. */
  output: string;
  /** Why, where that was said. */
  reason: string;
  /** The number of its entry in the ledger. */
  seq: number;
  /** To whom, where that was said. */
  to: string;
};

/** What is shown of a place. */
export type View = ({
  /** Offset of the first byte that is meant, where it is known. */
  byte?: number | null;
  /** The encoding that it is read as; none when all of it is ASCII. */
  encoding?: string | null;
  kind: "text";
  /** How many bytes are meant. */
  len?: number | null;
  /** The lines. */
  lines: readonly (Line)[];
  /** The compression that the file is in; offsets are those of its content. */
  packed?: string | null;
} | {
  /** Offset of the first byte that is meant. */
  byte: number;
  kind: "hex";
  /** How many bytes are meant. */
  len: number;
  /** The compression that the file is in; offsets are those of its content. */
  packed?: string | null;
  /** The rows. */
  rows: readonly (Bytes)[];
} | {
  /** The column that is marked; none where the whole row is. */
  column?: string | null;
  /** The letters of the columns that are shown. */
  columns: readonly (string)[];
  kind: "cells";
  /** The rows. */
  rows: readonly (CellRow)[];
  /** The sheet. */
  sheet: string;
} | {
  /** Its cells. */
  cells: readonly (RecordCell)[];
  kind: "record";
  /** Its number, from 1; 0 for the names of the columns alone. */
  number: number;
} | {
  /** Why, in a word for programs: `media`, `not_there`. */
  code: string;
  kind: "none";
  /** Why, in a sentence. */
  words: string;
});

/** Why nothing is joined through a node. */
export type Weak = {
  /** How many share it, where that is known. */
  n?: number | null;
  /** `common`: an analysis found that many share it; `many`: it hangs together with many; `hotspot`: a public access. */
  why: string;
};

/** Whether what many share is shown. */
export type WeakNodes = "hide" | "show";

/** What happens to accounts. */
export type What = "added" | "invited" | "passphrase_set" | "passkey_added" | "passkey_removed" | "granted" | "revoked" | "closed" | "came_in" | "went_out" | "not_let_in" | "locked_out" | "forbidden";

/** A condition on the rows of a table. */
export type Where = {
  /** The column; `source` is the file received, by its SHA-256. */
  column: string;
  /** Letters that the text must have in it, in upper or lower case. */
  contains?: string | null;
  /** The first value that is meant. */
  from?: unknown;
  /** The value, or a list of values of which it must be one; null for rows without one. An address may be a prefix such as 192.0.2.0/24, which stands for all of its addresses, and a time may be a date, which stands for that day in UTC. */
  is?: unknown;
  /** The first value after those that are meant. */
  until?: unknown;
};

/** Which graph. */
export type Which = {
  /** The node that it begins at: `account:agorachat/10005057`, `lead:L-001`. */
  from: string;
  /** How many steps from the first: 1 to 3. */
  hops?: number;
  /** Only nodes of these kinds, with commas between them. */
  kinds?: string | null;
  /** How many nodes: at most 150. */
  limit?: number;
  /** Another account, to which the strongest way is told. */
  to?: string | null;
  /** Whether what many share is shown or hidden. */
  weak?: WeakNodes;
};

/** Who comes in with a passkey. */
export type WhoComesIn = {
  /** The account's name. */
  name: string;
};

/** Work to be done. */
export type Work = ({
  verb: "analyse";
} | {
  verb: "verify";
} | {
  verb: "rebuild";
} | (Make & {
  verb: "report";
}) | {
  /** The lead: L-001. */
  lead: string;
  verb: "what_if";
  /** The files, by name or the beginning of their digest; none for each that it stands on in turn. */
  without?: readonly (string)[];
});

/** The language of a report. */
export type Written = "it" | "en";

/** What went wrong, and how to mend it. */
export type Wrong = {
  /** One word for programs: `locked`, `conflict`, `not_found`, `preparing`. */
  code: string;
  /** How to mend it, where that is known. */
  hint?: string | null;
  /** A number to quote: the same for the same words. */
  id: string;
  job?: (JobTold | null);
  /** What is wrong, in the language asked for. */
  what: string;
};

/** What each path takes and gives. */
export interface Paths {
  "/api/v1/access": {
    get: { query: { officer?: string; kind?: string; of?: string; since?: string; until?: string; offset?: number; limit?: number }; ok: Looks };
  };
  "/api/v1/decisions": {
    get: { ok: Decisions };
    post: { body: Decide; ok: Recorded };
  };
  "/api/v1/exhibits": {
    get: { ok: Exhibits };
  };
  "/api/v1/findings": {
    get: { query: { analysis?: string; offset?: number; limit?: number }; ok: Findings };
  };
  "/api/v1/findings/{finding}": {
    get: { path: { finding: string }; ok: ReadFinding };
  };
  "/api/v1/grades": {
    get: { ok: Grades };
    post: { body: ToGrade; ok: GradedNow };
  };
  "/api/v1/grades/exposure": {
    get: { ok: Exposure };
  };
  "/api/v1/grades/lift": {
    post: { body: ToLift; ok: Lifted };
  };
  "/api/v1/grades/second": {
    get: { query: { scheme: string; among?: string }; ok: SecondGrades };
    post: { body: ToGradeSecond; ok: SecondGraded };
  };
  "/api/v1/graph": {
    get: { query: { from: string; to?: string; hops?: number; kinds?: string; weak?: WeakNodes; limit?: number }; ok: Document };
  };
  "/api/v1/graph/export": {
    post: { body: HandOn; ok: undefined };
  };
  "/api/v1/invitation": {
    post: { body: TakeUp; ok: undefined };
  };
  "/api/v1/jobs": {
    get: { ok: Jobs };
    post: { body: Work; ok: JobTold };
  };
  "/api/v1/jobs/{id}": {
    get: { path: { id: number }; ok: JobTold };
    delete: { path: { id: number }; ok: JobTold };
  };
  "/api/v1/leads": {
    get: { ok: Leads };
  };
  "/api/v1/leads/{lead}": {
    get: { path: { lead: string }; ok: Explained };
  };
  "/api/v1/ledger": {
    get: { query: { officer?: string; act?: string; offset?: number; limit?: number }; ok: Entries };
  };
  "/api/v1/ledger/proof": {
    get: { query: { seq: number }; ok: ShownIncluded };
  };
  "/api/v1/map": {
    get: { ok: Map };
  };
  "/api/v1/overview": {
    get: { ok: Overview };
  };
  "/api/v1/passkeys": {
    get: { ok: Passkeys };
    post: { body: NewPasskey; ok: undefined };
  };
  "/api/v1/passkeys/challenge": {
    post: { body: Confirmed; ok: PasskeyChallenge };
  };
  "/api/v1/passkeys/{id}": {
    delete: { path: { id: string }; ok: undefined };
  };
  "/api/v1/passphrase": {
    put: { body: NewPassphrase; ok: undefined };
  };
  "/api/v1/referrals": {
    get: { ok: Referrals };
    post: { body: Refer; ok: ReferredNow };
  };
  "/api/v1/reports": {
    get: { ok: Reports };
  };
  "/api/v1/reports/files/{sha256}": {
    get: { path: { sha256: string }; ok: undefined };
  };
  "/api/v1/requests": {
    get: { ok: Requests };
  };
  "/api/v1/search": {
    get: { query: { q: string }; ok: Hits };
  };
  "/api/v1/session": {
    get: { ok: Session };
    put: { body: Change; ok: undefined };
    delete: { ok: undefined };
  };
  "/api/v1/sign-in": {
    post: { body: SignIn; ok: undefined };
  };
  "/api/v1/sign-in/challenge": {
    post: { body: WhoComesIn; ok: PasskeyChallenge };
  };
  "/api/v1/sign-in/passkey": {
    post: { body: PasskeySignIn; ok: undefined };
  };
  "/api/v1/sources/{sha256}/place": {
    get: { path: { sha256: string }; query: { file?: string; line?: number; field?: number; byte?: number; len?: number; cell?: string; sheet?: string; pointer?: string; page?: number; record?: number; path?: string }; ok: Stands };
  };
  "/api/v1/status": {
    get: { ok: Status };
  };
  "/api/v1/tables": {
    get: { ok: Tables };
  };
  "/api/v1/tables/{table}/counts": {
    get: { path: { table: string }; query: { column: string; where?: string; buckets?: number }; ok: Counts };
  };
  "/api/v1/tables/{table}/rows": {
    get: { path: { table: string }; query: { offset?: number; limit?: number; sort?: string; where?: string }; ok: Rows };
  };
  "/api/v1/tables/{table}/values": {
    get: { path: { table: string }; query: { column: string; where?: string; limit?: number }; ok: Values };
  };
  "/api/v1/team": {
    get: { ok: TeamAccounts };
  };
  "/api/v1/team/log": {
    get: { query: { last?: number }; ok: TeamLog };
  };
}
