import "./page.test.js";
import "./parts.test.js";
import "./purchase.test.js";
import "./refusals.test.js";
import "./trouble.test.js";
