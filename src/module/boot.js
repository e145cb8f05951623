// Starts the page. When the browser cannot, says so with the words that index.html holds in both languages.
import { start } from "./start.js?v={{version}}";

start().catch((error) => {
  const failure = document.getElementById("strata-failure");
  for (const place of failure.querySelectorAll("[data-found]")) place.textContent = error.message;
  failure.hidden = false;
  throw error;
});
