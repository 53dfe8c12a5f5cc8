import { Unbuilt } from "../Unbuilt";

export default function Exchange() {
  return <Unbuilt id="exchange" command="tutela table transfer" />;
}
