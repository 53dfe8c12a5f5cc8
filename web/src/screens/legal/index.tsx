import { Unbuilt } from "../Unbuilt";

export default function Legal() {
  return <Unbuilt id="legal" command="tutela status" />;
}
