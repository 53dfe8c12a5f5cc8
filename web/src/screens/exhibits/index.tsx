import { Unbuilt } from "../Unbuilt";

export default function Exhibits() {
  return <Unbuilt id="exhibits" command="tutela exhibit list" />;
}
