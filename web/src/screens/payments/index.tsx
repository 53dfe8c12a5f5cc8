import { Unbuilt } from "../Unbuilt";

export default function Payments() {
  return <Unbuilt id="payments" command="tutela table payment" />;
}
