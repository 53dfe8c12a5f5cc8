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
export const KEY_OF: Readonly<Record<string, ReferralDone>> = { a: "assign", m: "same_as", o: "band", r: "refer" };

/** What was done of a kind, as it counts now. */
export function standsOf({ handled }: Pick<ReferralSoFar, "handled">, done: ReferralDone): ReferralMark | null {
  const { assigned, band, same_as, referred } = handled;
  return { assign: assigned ?? null, band: band ?? null, same_as: same_as ?? null, refer: referred.at(-1) ?? null }[done];
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
  const bundles = new Map<string, { why: Bundle["why"]; referrals: ReferralSoFar[] }>();
  const byNumber = new Map(referrals.map((referral) => [numberOf(referral), referral]));
  const heads = new Set<string>();
  const headOf = (referral: ReferralSoFar): ReferralSoFar => {
    let head = referral;
    // Two that name each other end somewhere all the same.
    for (const seen = new Set<ReferralSoFar>(); !seen.has(head); ) {
      seen.add(head);
      const to = head.handled.same_as?.to;
      head = (to === undefined ? undefined : byNumber.get(to)) ?? head;
    }
    return head;
  };
  for (const referral of referrals) if (headOf(referral) !== referral) heads.add(numberOf(headOf(referral)));
  for (const referral of referrals) {
    const head = headOf(referral);
    const batched = said(referral.said, "batched") === "yes";
    const together = heads.has(numberOf(head));
    const id = together
      ? `together ${numberOf(head)}`
      : batched
        ? `batched ${JSON.stringify([referral.issuer, referral.said["platform"], referral.said["incident_type"], referral.lead])}`
        : `${numberOf(referral)}/${referral.source}`;
    const before = bundles.get(id);
    if (before && (together || batched)) before.referrals.push(referral);
    else bundles.set(before ? `${id} ${bundles.size}` : id, { why: together ? "together" : batched ? "batched" : "alone", referrals: [referral] });
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
