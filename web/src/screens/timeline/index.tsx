import { Unbuilt } from "../Unbuilt";

export default function Timeline() {
  return <Unbuilt id="timeline" command="tutela table connection" />;
}
