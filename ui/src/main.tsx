import "@cloudscape-design/global-styles/index.css";
import "./app/page.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { startTokens } from "./app/tokens";
import { startTheme } from "./lib/theme";

startTheme();
startTokens();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
