import { Unbuilt } from "../Unbuilt";

export default function Ledger() {
  return <Unbuilt id="ledger" command="tutela ledger verify" />;
}
