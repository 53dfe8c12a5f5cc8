import { Unbuilt } from "../Unbuilt";

export default function Person() {
  return <Unbuilt id="person" command="tutela explain LEAD" />;
}
