import type { ReferralDone, ReferralMark, ReferralSoFar } from "../../api/types";
import { BANDS, type BandName } from "../../parts/Band";

/** What a referral states of a factor. A referral that says nothing of it leaves it open: that is not a no. */
export interface Stated {
  readonly factor: "escalation" | "harmed" | "access" | "convicted" | "compromised" | "classified" | "annotated";
  readonly state: "yes" | "no" | "unknown";
  readonly n?: number;
  /** Words of the program of the sender, such as classes or annotations. */
  readonly words?: string;
  /** Ages stated of those harmed. */
  readonly ages?: readonly number[];
}

const said = (record: Readonly<Record<string, unknown>>, column: string): string | null => {
  const value = record[column];
  return value === null || value === undefined || value === "" || value === "unknown" ? null : String(value);
};

/** Yes where any person's entry says so, no where each that says anything says no. */
function ofPersons(persons: ReferralSoFar["persons"], column: string): Stated["state"] {
  const words = new Set(persons.map((person) => said(person, column)));
  if (words.has("yes")) return "yes";
  return words.has("no") ? "no" : "unknown";
}

/** The factors that a referral can state, each with what it says of it, those that it states first. */
export function statedIn(referral: Pick<ReferralSoFar, "said" | "persons" | "classified" | "files">): readonly Stated[] {
  const { persons, classified } = referral;
  const harmed = persons.filter((person) => person["role"] === "victim");
  const ages = harmed.map((person) => person["age"]).filter((age) => typeof age === "number");
  const annotations = said(referral.said, "annotations");
  const classes = Object.entries(classified);
  const all: readonly Stated[] = [
    { factor: "escalation", state: said(referral.said, "escalation") === null ? "unknown" : "yes" },
    { factor: "harmed", state: harmed.length > 0 ? "yes" : "unknown", n: harmed.length, ages },
    { factor: "access", state: ofPersons(persons, "access_to_children") },
    { factor: "convicted", state: ofPersons(persons, "convicted") },
    { factor: "annotated", state: annotations === null ? "unknown" : "yes", ...(annotations === null ? {} : { words: annotations }) },
    {
      factor: "classified",
      state: classes.length > 0 ? "yes" : "unknown",
      ...(classes.length > 0 ? { words: classes.map(([name, n]) => `${name} × ${n}`).join(", ") } : {}),
    },
    { factor: "compromised", state: ofPersons(persons, "compromised") },
  ];
  const order = { yes: 0, no: 1, unknown: 2 } as const;
  return all.toSorted((a, b) => order[a.state] - order[b.state]);
}

/** What an investigator looks for in a referral first. */
export const WANTED = ["platform", "incident_type", "incident_at", "received", "account", "age", "files", "text"] as const;
export type Wanted = (typeof WANTED)[number];

/** Of these, what the referral does not say. */
export function missingIn(referral: Pick<ReferralSoFar, "said" | "persons" | "files">): readonly Wanted[] {
  const reported = referral.persons.filter((person) => person["role"] === "reported" || person["role"] === undefined);
  const says: Record<Wanted, boolean> = {
    platform: said(referral.said, "platform") !== null,
    incident_type: said(referral.said, "incident_type") !== null,
    incident_at: said(referral.said, "incident_at") !== null,
    received: said(referral.said, "received") !== null,
    account: reported.some((person) => said(person, "account") !== null || said(person, "screen_name") !== null),
    age: reported.some((person) => said(person, "age") !== null || said(person, "birth_date") !== null),
    files: referral.files > 0,
    text: said(referral.said, "text") !== null,
  };
  return WANTED.filter((one) => !says[one]);
}

export const bandOf = (referral: Pick<ReferralSoFar, "band">): BandName | null => BANDS.find((one) => one === referral.band) ?? null;

/** How soon to act: as an officer says, else as the records do. */
export const soonOf = (referral: Pick<ReferralSoFar, "band" | "handled">): BandName | null => bandOf({ band: referral.handled.band?.to ?? referral.band ?? null });

/** What can be done with a referral, in the order of its buttons. */
export const DONE = ["assign", "same_as", "band", "refer"] as const satisfies readonly ReferralDone[];

/** The key of each. */
export const KEY_OF: Readonly<Record<ReferralDone, string>> = { assign: "a", same_as: "m", band: "o", refer: "r" };

/** What was done with a referral and counts, the ways out last and in their order. */
export function marksOf({ handled: { assigned, band, same_as, referred } }: Pick<ReferralSoFar, "handled">): readonly (readonly [ReferralDone, ReferralMark])[] {
  const stand = [["assign", assigned], ["band", band], ["same_as", same_as], ...referred.map((mark) => ["refer", mark] as const)] as const;
  return stand.flatMap(([done, mark]) => (mark ? [[done, mark] as const] : []));
}

/** Referrals that are shown as one. */
export interface Bundle {
  readonly id: string;
  /** Why: the sender says that they stand for many uploads of one file, or an officer works on them together. */
  readonly why: "batched" | "together" | "alone";
  readonly referrals: readonly ReferralSoFar[];
}

/**
 * Each referral alone, but for those that the sender batched, which come together under their kind, and those that an
 * officer put to another one that is there. The order stays.
 */
export function bundled(referrals: readonly ReferralSoFar[]): readonly Bundle[] {
  const byNumber = new Map(referrals.map((referral) => [numberOf(referral), referral]));
  const headOf = (referral: ReferralSoFar): string => {
    let head = referral;
    // Two that name each other end somewhere all the same.
    for (const seen = new Set<ReferralSoFar>(); !seen.has(head); ) {
      seen.add(head);
      head = byNumber.get(head.handled.same_as?.to ?? "") ?? head;
    }
    return numberOf(head);
  };
  const heads = referrals.map(headOf);
  const shared = new Set(referrals.flatMap((referral, i) => (heads[i] === numberOf(referral) ? [] : [heads[i]])));
  const bundles = new Map<string, { why: Bundle["why"]; referrals: ReferralSoFar[] }>();
  for (const [i, referral] of referrals.entries()) {
    const head = heads[i] ?? "";
    const why = shared.has(head) ? "together" : said(referral.said, "batched") === "yes" ? "batched" : "alone";
    const id = {
      together: head,
      batched: JSON.stringify([referral.issuer, referral.said["platform"], referral.said["incident_type"], referral.lead]),
      alone: JSON.stringify([numberOf(referral), referral.source, referral.place]),
    }[why];
    const bundle = bundles.get(`${why} ${id}`);
    if (bundle) bundle.referrals.push(referral);
    else bundles.set(`${why} ${id}`, { why, referrals: [referral] });
  }
  return [...bundles].map(([id, bundle]) => ({ id, ...bundle }));
}

const numberOf = ({ issuer, reference }: ReferralSoFar) => `${issuer}/${reference}`;

/** Whether a word stands in a referral, its masked texts too: what is found need not be shown. */
export function holds(referral: ReferralSoFar, word: string): boolean {
  if (word === "") return true;
  const persons = referral.persons.flatMap((person) => Object.values(person));
  const texts = [referral.issuer, referral.reference, referral.lead ?? "", referral.file, ...Object.values(referral.said), ...persons];
  return texts.some((text) => typeof text === "string" && text.toLowerCase().includes(word.toLowerCase()));
}
