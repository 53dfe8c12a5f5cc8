import { Unbuilt } from "../Unbuilt";

export default function Grading() {
  return <Unbuilt id="grading" command="tutela table known_file" />;
}
