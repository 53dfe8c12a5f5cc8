import { expect, test } from "vitest";
import type { Lead } from "../../api/types";
import { leadRows } from "./leadRows";

const lead = (rank: number, change: Partial<Lead>): Lead => ({
  lead: `L-00${rank}`, rank, accounts: [], peers: [], lines: [], handles: [], exhibits: [], subscribers: [], also_at: [], alternatives: [], decisions: [],
  findings: [], grounds: [], missing: [], next_steps: [], closed: false, precedents: 0,
  band: { name: "low", factors: [], act_by: null }, export: { as: "intelligence", words: "", conditions: [] },
  person: { id: `P-${rank}`, ids: [], status: "candidate", name_said: null },
  strength: { log10_lr: 1, words: "", propositions: [], margin_log10: null }, office: null, office_name: null, why: null, ...change,
});

const LEADS = [
  lead(1, { accounts: ["agorachat/7"], band: { name: "very_high", factors: [], act_by: "2026-06-01T00:00:00Z" }, office: "x", office_name: "Xenia" }),
  lead(2, { lines: ["borea/B1"], subscribers: ["Ada Ro"], strength: { log10_lr: 6, words: "", propositions: [], margin_log10: null } }),
  lead(3, { person: { id: "P-3", ids: [], status: "identified", name_said: "Bo Li" }, why: "768 connections" }),
];
const ask = { offset: 0, limit: 100, sort: [], filter: {}, q: "" };
const found = (change: Partial<Parameters<typeof leadRows>[1]>) =>
  leadRows(LEADS, { ...ask, ...change }).rows.map(({ rank }) => rank);

test.each<[Partial<Parameters<typeof leadRows>[1]>, number[]]>([
  [{}, [1, 2, 3]],
  [{ q: "ada" }, [2]],
  [{ q: "768" }, [3]],
  [{ q: "nobody" }, []],
  [{ filter: { status: "identified" } }, [3]],
  [{ filter: { office: "none" } }, [2, 3]],
  [{ filter: { strength: "extremely_strong" } }, [2]],
  [{ filter: { band: "very_high", status: "identified" } }, []],
  [{ filter: { unknown: "x" } }, [1, 2, 3]],
  [{ sort: [{ column: "act_by", descending: true }] }, [2, 3, 1]],
  [{ sort: [{ column: "strength", descending: false }] }, [2, 1, 3]],
  [{ sort: [{ column: "nothing", descending: true }] }, [1, 2, 3]],
  [{ offset: 1, limit: 1 }, [2]],
])("%j", (change, ranks) => expect(found(change)).toEqual(ranks));
