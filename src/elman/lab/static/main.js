/* Starts the page: the connection, the settings, the views. */
import { connect } from "./connection.js";
import { Models } from "./models.js";
import { startRouter } from "./router.js";
import { startSettings } from "./settings.js";

const lab = connect();
lab.models = new Models(lab);
startSettings();
startRouter(lab);

const waking = document.getElementById("waking");
const said = { connection: "connecting", lab: null };

function say() {
  const { connection, lab: state } = said;
  waking.classList.toggle("failed", Boolean(state?.failed));
  if (connection === "lost") waking.textContent = "The lab does not answer. Is it still running? This page tries again by itself.";
  else if (!state) waking.textContent = "Waking up …";
  else waking.textContent = state.awake ? "" : state.failed ? state.text : `${capital(state.text)} …`;
  document.documentElement.dataset.lab = connection === "lost" ? "lost" : state?.awake ? "awake" : "waking";
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

lab.on("connection", (state) => { said.connection = state; say(); });
lab.on("lab", (body) => { said.lab = body; say(); });
say();
