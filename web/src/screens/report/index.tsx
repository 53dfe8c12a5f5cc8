import { Unbuilt } from "../Unbuilt";

export default function Report() {
  return <Unbuilt id="report" command="tutela report -o DIR" />;
}
