import type { ReactNode } from "react";
import { useSession } from "../api/session";
import { useWords } from "../words";

/** What an account's role may allow in an operation, of those rights that a page has something for. */
export type Right = "decide" | "work" | "hand_on" | "check";

const ROLES = ["viewer", "analyst", "reviewer", "supervisor", "auditor"] as const;

/** Whether whoever is in has a right; on a server of one machine everybody has each. */
export function useMay(right: Right): boolean {
  const account = useSession().data?.account;
  return account == null || account.rights.includes(right);
}

/** What a right allows; whoever has it not is told so instead of being refused. */
export function May({ right, children }: { right: Right; children: ReactNode }) {
  return useMay(right) ? children : <MayNot right={right} />;
}

/** That a role does not allow something, and what. */
export function MayNot({ right }: { right: Right }) {
  const t = useWords();
  return <p>{t(`may.not.${right}`, { role: useRole() })}</p>;
}

/** The role of whoever is in, in words. */
export function useRole(): string {
  const t = useWords();
  const { data: session } = useSession();
  return t(`may.role.${ROLES.find((one) => one === session?.account?.role) ?? "viewer"}`);
}
