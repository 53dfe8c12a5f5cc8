/** The thirteen screens in the order of the rail: where each lives and which letter goes there after `g`. */
export const SCREENS = [
  { id: "intake", path: "/intake", keys: ["i"] },
  { id: "operation", path: "/", keys: ["o"] },
  { id: "person", path: "/person", keys: ["p"] },
  { id: "timeline", path: "/timeline", keys: ["t"] },
  { id: "graph", path: "/graph", keys: ["g"] },
  { id: "exchange", path: "/exchange", keys: ["x"] },
  // Keyboards without a euro sign have `y`.
  { id: "payments", path: "/payments", keys: ["€", "y"] },
  { id: "map", path: "/map", keys: ["m"] },
  { id: "exhibits", path: "/exhibits", keys: ["h"] },
  { id: "grading", path: "/grading", keys: ["r"] },
  { id: "legal", path: "/legal", keys: ["l"] },
  { id: "ledger", path: "/ledger", keys: ["d"] },
  { id: "report", path: "/report", keys: ["w"] },
] as const satisfies readonly { id: string; path: `/${string}`; keys: readonly string[] }[];

export type ScreenId = (typeof SCREENS)[number]["id"];
