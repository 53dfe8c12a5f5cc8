import { expect, test } from "vitest";
import type { Drawn, Edge, Lead, Node } from "../../api/types";
import { alongPath, boxOf, chosenOf, drawnBeside, entityOf, holding, lettered, nearer, onTheWay, pairsOf, short, startOf, towards } from "./drawing";

const edge = (from: string, to: string, kind: string, log10_lr: number | null = null, sources = 0): Edge => ({ from, to, kind, log10_lr, words: null, sources, findings: [] });
const node = (id: string, x = 0, y = 0): Node => ({ id, kind: id.slice(0, id.indexOf(":")), label: id, hop: 0, neighbours: 1, weak: null, x, y });
const leads = [{ lead: "L-001", accounts: ["agorachat/10"], peers: [], handles: [] }, { lead: "L-002", accounts: [], peers: ["ed2k/7"], handles: [] }] as unknown as readonly Lead[];

test("a pair is one line, whatever is between its two, and the strongest is told first", () => {
  const pairs = pairsOf([edge("a", "b", "lead"), edge("b", "a", "attribution", 4, 2), edge("a", "b", "identity", null, 3), edge("a", "c", "lead")]);
  expect(pairs.map(({ edges }) => edges.map(({ kind }) => kind))).toEqual([["attribution", "identity", "lead"], ["lead"]]);
  expect([...drawnBeside(pairs)]).toEqual([["b", 1], ["a", 2], ["c", 1]]);
});

test("a drawing of one node does not fill the screen with it, and zooming keeps the point under the pointer", () => {
  const box = boxOf([{ x: 0, y: 0 }]);
  expect(box).toEqual({ x: -260, y: -155, width: 520, height: 320 });
  const near = nearer(box, 2, { x: -260, y: -155 });
  expect(near).toEqual({ x: -260, y: -155, width: 260, height: 160 });
  expect(nearer(box, 1000).width).toBe(160);
});

test("a node that is reached by keys is brought into sight, and one in sight moves nothing", () => {
  const box = { x: 0, y: 0, width: 100, height: 100 };
  expect(holding(box, { x: 50, y: 50 })).toBe(box);
  expect(holding(box, { x: 300, y: 50 })).toEqual({ ...box, x: 212 });
});

test.each([
  ["ArrowRight", "x:right"], ["ArrowLeft", "x:left"], ["ArrowUp", null], ["ArrowDown", "x:down"], ["a", null],
])("%s goes to %s", (key, to) => {
  const start = node("x:0");
  const all = [start, node("x:right", 50, 10), node("x:far", 90, 0), node("x:left", -10, 2), node("x:down", 3, 80)];
  expect(towards(all, start, key)?.id ?? null).toBe(to);
});

test.each([["lago", "lago"], ["cybertip/report-41700165", "cybertip/r…rt-41700165"], ["👩‍👩‍👧", "👩‍👩‍👧"]])("%s is labelled %s", (name, label) => expect(short(name)).toBe(label));

test.each([
  ["lead:agorachat/10", "lead:L-001"], ["lead:ed2k/7", "lead:L-002"], ["lead:L-002", "lead:L-002"], ["lead:gone", "lead:gone"], ["line:borea/7", "line:borea/7"],
])("the start %s is asked for as %s", (said, asked) => expect(startOf(said, leads)).toBe(asked));

test("a card names a lead by its account, and the node of an open card is found again", () => {
  expect(entityOf("lead:L-001", leads)).toEqual({ kind: "lead", id: "agorachat/10" });
  expect(entityOf("selector:phone +39 333", leads)).toEqual({ kind: "selector", id: "phone +39 333" });
  expect(entityOf("unheard:x", leads)).toBeNull();
  const drawn: Drawn = { schema: "tutela.graph/1", nodes: [node("lead:L-001"), node("referral:cybertip/report-1")], edges: [], left_out: [] };
  expect(chosenOf({ kind: "lead", id: "agorachat/10" }, drawn, leads)?.id).toBe("lead:L-001");
  expect(chosenOf({ kind: "account", id: "cybertip/report-1" }, drawn, leads)?.id).toBe("referral:cybertip/report-1");
  expect(chosenOf({ kind: "finding", id: "F-1" }, drawn, leads)).toBeNull();
});

test("a way marks the pairs that it goes along", () => {
  const pairs = pairsOf([edge("account:a/1", "account:b/2", "same_user", 3), edge("account:a/1", "line:x/9", "attribution", 3)]);
  expect([...alongPath(pairs, [{ accounts: ["b/2", "a/1"] }])]).toEqual([pairs[0]?.id]);
});

test("a way is told from its start, whatever order its pairs have", () => {
  expect(onTheWay("a/1", [{ accounts: ["a/1", "b/2"] }, { accounts: ["c/3", "b/2"] }])).toEqual(["a/1", "b/2", "c/3"]);
});

test("what is written on a line goes aside for nodes and what is written before, or is left out", () => {
  const [a, b, c] = [{ x: 0, y: 0 }, { x: 400, y: 0 }, { x: 30, y: 0 }];
  const written = [{ id: "1", text: "strong support", from: a, to: b }, { id: "2", text: "strong support", from: a, to: b }, { id: "3", text: "strong support", from: a, to: c }];
  const found = lettered(written, [{ ...a, name: "a" }, { ...b, name: "b" }], 1);
  expect(found.get("1")).toEqual({ text: "strong support", x: 200, y: 0 });
  expect(found.get("2")?.x).toBe(120);
  expect(found.has("3")).toBe(false);
});
