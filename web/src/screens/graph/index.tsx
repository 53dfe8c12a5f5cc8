import { Unbuilt } from "../Unbuilt";

export default function Graph() {
  return <Unbuilt id="graph" command="tutela findings" />;
}
