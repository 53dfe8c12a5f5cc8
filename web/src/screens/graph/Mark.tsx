import { AtSign, CircleDashed, Fingerprint, Flag, HardDrive, IdCard, Inbox, type LucideIcon, Network, Phone, Smartphone, Wallet } from "lucide-react";
import { kindOf, type NodeKind } from "./drawing";

/** Each kind has a shape and a sign of its own: nobody needs a colour to tell them apart. */
const MARKS: Record<NodeKind, { readonly outline: string; readonly sign: LucideIcon }> = {
  lead: { outline: rounded(23, 17, 6), sign: Flag },
  account: { outline: polygon(40, 19), sign: AtSign },
  referral: { outline: polygon(6, 21), sign: Inbox },
  line: { outline: polygon(4, 25, 0), sign: Phone },
  subscriber: { outline: rounded(22, 14, 1), sign: IdCard },
  device: { outline: rounded(14, 20, 4), sign: Smartphone },
  selector: { outline: polygon(3, 27, -90), sign: Fingerprint },
  exhibit: { outline: polygon(8, 21, 22.5), sign: HardDrive },
  peer: { outline: polygon(5, 22, -90), sign: Network },
  handle: { outline: polygon(3, 27, 90), sign: Wallet },
};
const OTHER = { outline: polygon(40, 19), sign: CircleDashed };

/** The outline and sign of a kind around 0, 0, in units in which an outline is about 40 wide. */
export function Mark({ kind, className }: { kind: string; className: string | undefined }) {
  const known = kindOf(kind);
  const { outline, sign: Sign } = known === null ? OTHER : MARKS[known];
  // The middle of a triangle lies nearer to its base.
  const down = known === "selector" ? 4 : known === "handle" ? -4 : 0;
  return (
    <>
      <path className={className} d={outline} />
      <Sign x={-8} y={-8 + down} width={16} height={16} strokeWidth={1.75} aria-hidden />
    </>
  );
}

function polygon(corners: number, radius: number, turn_deg = -30): string {
  const at = (n: number) => {
    const angle = ((n * 360) / corners + turn_deg) * (Math.PI / 180);
    return `${(Math.cos(angle) * radius).toFixed(1)},${(Math.sin(angle) * radius).toFixed(1)}`;
  };
  return `M${Array.from({ length: corners }, (_, n) => at(n)).join("L")}Z`;
}

function rounded(x: number, y: number, r: number): string {
  const arc = (to: string) => `a${r},${r} 0 0 1 ${to}`;
  return `M${-x + r},${-y}H${x - r}${arc(`${r},${r}`)}V${y - r}${arc(`${-r},${r}`)}H${-x + r}${arc(`${-r},${-r}`)}V${-y + r}${arc(`${r},${-r}`)}Z`;
}
