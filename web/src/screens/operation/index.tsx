import { Unbuilt } from "../Unbuilt";

export default function Operation() {
  return <Unbuilt id="operation" command="tutela status" />;
}
