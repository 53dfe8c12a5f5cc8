// Generated from openapi.json by `npm run types`. Do not edit.

export type Session = {
  schema: "tutela.session/1";
  operation: SessionOperation;
  officer: string;
  role: Role;
  /** Whether several officers share this server. */
  team: boolean;
  /** Goes back as the header X-Tutela-Csrf with every write. */
  csrf: string;
  ledger: SessionLedger;
  findings: SessionFindings;
  authorities: readonly (Authority)[];
  version: string;
};

export type SessionOperation = {
  title: string;
  created: string;
  /** Whether everything in the operation is made up. */
  synthetic: boolean;
};

export type Role = "viewer" | "analyst" | "reviewer" | "supervisor" | "auditor";

export type SessionLedger = {
  entries: number;
  integrity: Integrity;
  /** What may be said of the record, in the language asked for. */
  claim: string;
};

export type Integrity = "green" | "amber" | "red";

export type SessionFindings = {
  /** Null before the first analysis. */
  digest: string | null;
  stale: boolean;
};

export type Authority = {
  id: string;
  kind: string;
  text: string;
  from: string;
  until: string;
  state: "valid" | "not_yet" | "expired" | "lapsed" | "withdrawn";
};

/** What each path takes and gives. */
export interface Paths {
  "/api/v1/session": {
    get: { ok: Session };
  };
}
