import "@mantine/core/styles.layer.css";
import "./look/tokens.css";
import "./look/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { startWords } from "./words";

startWords();
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
