import { Unbuilt } from "../Unbuilt";

export default function Intake() {
  return <Unbuilt id="intake" command="tutela import FILE…" />;
}
