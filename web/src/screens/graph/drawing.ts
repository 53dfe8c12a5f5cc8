import type { Drawn, Edge, Lead, Node } from "../../api/types";
import { ENTITY_KINDS } from "../../parts/EntityCard";
import type { EntityRef } from "../../shell/entity";
import { nodeOf } from "../../view/links";

/** What a node can be, in the order in which kinds are told. */
export const NODE_KINDS = ["lead", "account", "referral", "line", "subscriber", "device", "selector", "exhibit", "peer", "handle"] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

/** The kind of a node; null for one that a later server knows and this page does not. */
export const kindOf = (said: string): NodeKind | null => NODE_KINDS.find((kind) => kind === said) ?? null;

/** Two nodes and all that is between them: one line of the drawing, however many analyses speak of the pair. */
export interface Pair {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** The strongest first, then those with more sources. */
  readonly edges: readonly [Edge, ...Edge[]];
}

export function pairsOf(all: readonly Edge[]): readonly Pair[] {
  const pairs = new Map<string, [Edge, ...Edge[]]>();
  for (const edge of all) {
    const id = JSON.stringify([edge.from, edge.to].toSorted());
    const before = pairs.get(id);
    if (before) before.push(edge);
    else pairs.set(id, [edge]);
  }
  const strength = ({ log10_lr }: Edge) => log10_lr ?? -Infinity;
  return [...pairs].map(([id, of]) => {
    const edges = of.toSorted((a, b) => (strength(a) === strength(b) ? b.sources - a.sources : strength(b) - strength(a))) as [Edge, ...Edge[]];
    return { id, from: edges[0].from, to: edges[0].to, edges };
  });
}

/** How many nodes each hangs together with in the drawing. */
export function drawnBeside(pairs: readonly Pair[]): ReadonlyMap<string, number> {
  const n = new Map<string, number>();
  for (const { from, to } of pairs) for (const id of [from, to]) n.set(id, (n.get(id) ?? 0) + 1);
  return n;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The stretch of the plane that all nodes and their names fill, never so small that one node fills the screen. */
export function boxOf(nodes: readonly Pick<Node, "x" | "y">[]): Box {
  const [left, right] = [Math.min(...nodes.map(({ x }) => x)) - 90, Math.max(...nodes.map(({ x }) => x)) + 90];
  const [top, bottom] = [Math.min(...nodes.map(({ y }) => y)) - 50, Math.max(...nodes.map(({ y }) => y)) + 60];
  const [width, height] = [Math.max(right - left, 520), Math.max(bottom - top, 320)];
  return { x: (left + right - width) / 2, y: (top + bottom - height) / 2, width, height };
}

/** The box `by` times as near, around a point of it. */
export function nearer(box: Box, by: number, at = { x: box.x + box.width / 2, y: box.y + box.height / 2 }): Box {
  const width = Math.min(20_000, Math.max(160, box.width / by));
  const height = (width * box.height) / box.width;
  const share = width / box.width;
  return { x: at.x - (at.x - box.x) * share, y: at.y - (at.y - box.y) * share, width, height };
}

/** The box moved so far that a node is well inside it; the same box where it is. */
export function holding(box: Box, { x, y }: Pick<Node, "x" | "y">): Box {
  const air = Math.min(box.width, box.height) * 0.12;
  const moved = (from: number, length: number, at: number) => (at < from + air ? at - air : at > from + length - air ? at + air - length : from);
  const next = { ...box, x: moved(box.x, box.width, x), y: moved(box.y, box.height, y) };
  return next.x === box.x && next.y === box.y ? box : next;
}

/** The nearest node on that side, as arrow keys ask for it. */
export function towards(nodes: readonly Node[], from: Node, key: string): Node | null {
  const direction = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[key];
  if (direction === undefined) return null;
  const [dx = 0, dy = 0] = direction;
  const far = (node: Node) => {
    const [x, y] = [node.x - from.x, node.y - from.y];
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy - y * dx);
    // A quarter to each side: every node lies on one.
    return node.id === from.id || along <= 0 || aside > along ? Infinity : along + aside;
  };
  const nearest = nodes.reduce<Node | null>((best, node) => (far(node) < (best === null ? Infinity : far(best)) ? node : best), null);
  return nearest;
}

/** A name no longer than a label: its end tells more than its middle. */
export function short(name: string, most = 22): string {
  const letters = [...name];
  return letters.length <= most ? name : `${letters.slice(0, Math.ceil(most / 2) - 1).join("")}…${letters.slice(-Math.floor(most / 2)).join("")}`;
}

/** What the address names, as the server takes it: leads have a number there, and an account of theirs in addresses. */
export function startOf(said: string, leads: readonly Lead[]): string {
  const name = /^lead:(.+)$/s.exec(said)?.[1];
  if (name === undefined) return said;
  const lead = leads.find((one) => one.lead === name) ?? leads.find((one) => one.accounts.includes(name) || one.peers.includes(name) || one.handles.includes(name));
  return `lead:${lead?.lead ?? name}`;
}

/** What a node is for cards and addresses; null for a kind that has no card. */
export function entityOf(id: string, leads: readonly Lead[]): EntityRef | null {
  const at = id.indexOf(":");
  const kind = ENTITY_KINDS.find((one) => one === id.slice(0, at));
  const name = id.slice(at + 1);
  if (kind === undefined || name === "") return null;
  const lead = kind === "lead" ? leads.find((one) => one.lead === name) : undefined;
  return { kind, id: lead ? (lead.accounts[0] ?? lead.peers[0] ?? lead.handles[0] ?? name) : name };
}

/** The node whose card is open; null for none of the drawing. */
export function chosenOf(entity: EntityRef | null, drawn: Drawn, leads: readonly Lead[]): Node | null {
  if (entity === null) return null;
  const id = startOf(nodeOf(entity), leads);
  return drawn.nodes.find((node) => node.id === id) ?? null;
}

/** The pairs along a way between accounts. */
export function alongPath(pairs: readonly Pair[], path: readonly { readonly accounts: readonly string[] }[]): ReadonlySet<string> {
  const name = (id: string) => id.slice(id.indexOf(":") + 1);
  return new Set(pairs.filter(({ from, to }) => path.some(({ accounts }) => accounts.includes(name(from)) && accounts.includes(name(to)))).map(({ id }) => id));
}

/** What is written on a line of the drawing, and where its middle stands. */
export interface Lettering {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

interface Room {
  readonly x: number;
  readonly y: number;
  /** Half of how wide and high it is. */
  readonly wide: number;
  readonly high: number;
}

const meets = (a: Room, b: Room) => Math.abs(a.x - b.x) < a.wide + b.wide && Math.abs(a.y - b.y) < a.high + b.high;

/**
 * Where what is written on each line has room beside nodes, their names and what is written already; the first have the
 * choice. What has no room is left out: the card and the list have it.
 */
export function lettered(
  written: readonly { readonly id: string; readonly text: string; readonly from: Pick<Node, "x" | "y">; readonly to: Pick<Node, "x" | "y"> }[],
  nodes: readonly { readonly x: number; readonly y: number; readonly name: string }[],
  unit: number,
): ReadonlyMap<string, Lettering> {
  const taken: Room[] = nodes.flatMap(({ x, y, name }) => [
    { x, y, wide: 24 * unit, high: 22 * unit },
    ...(name === "" ? [] : [{ x, y: y + 36 * unit, wide: [...name].length * 3.3 * unit, high: 8 * unit }]),
  ]);
  const found = new Map<string, Lettering>();
  for (const { id, text, from, to } of written) {
    for (const share of [0.5, 0.4, 0.6, 0.3, 0.7]) {
      const room = { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share, wide: [...text].length * 2.8 * unit, high: 7 * unit };
      if (taken.some((one) => meets(one, room))) continue;
      taken.push(room);
      found.set(id, { text, x: room.x, y: room.y });
      break;
    }
  }
  return found;
}

/** The accounts in the order in which the way meets them: each pair names its two in an order of its own. */
export function onTheWay(from: string, path: readonly { readonly accounts: readonly string[] }[]): readonly string[] {
  const met = [from];
  for (const { accounts } of path) met.push(accounts.find((one) => one !== met.at(-1)) ?? "");
  return met;
}
