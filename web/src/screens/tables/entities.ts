import { type RecordOf, textOf } from "../../api/rows";
import type { EntityRef } from "../../shell/entity";

/** Whom or what a row names, by the columns that say it. */
export function entitiesOf(record: RecordOf): readonly EntityRef[] {
  const joined = (kind: EntityRef["kind"], of: string, name: string): readonly EntityRef[] => {
    const [first, second] = [textOf(record, of), textOf(record, name)];
    return first !== null && second !== null ? [{ kind, id: `${first}/${second}` }] : [];
  };
  const exhibit = textOf(record, "exhibit");
  return [
    ...joined("account", "platform", "account"),
    ...joined("account", "channel", "from_account"),
    ...joined("account", "channel", "to_account"),
    ...joined("line", "operator", "line"),
    ...joined("peer", "network", "peer"),
    ...joined("handle", "service", "payer"),
    ...joined("handle", "service", "payee"),
    ...(exhibit === null ? [] : [{ kind: "exhibit", id: exhibit } as const]),
  ];
}
