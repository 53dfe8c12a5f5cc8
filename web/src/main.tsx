// First of all, before anything else is evaluated.
import { asked, queries } from "./begin";
import "@mantine/core/styles.layer.css";
import "./look/tokens.css";
import "./look/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { load } from "./screens/pages";
import { startWords } from "./words";

/** How long, in milliseconds, the first screen waits for what it shows, rather than be drawn empty and once more. */
const PATIENCE = 200;

startWords();
await Promise.race([Promise.all([asked, load(location.pathname)]), new Promise((over) => setTimeout(over, PATIENCE))]);
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element root");
createRoot(root).render(
  <StrictMode>
    <App queries={queries} />
  </StrictMode>,
);
