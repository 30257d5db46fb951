import "./goods.test.js";
import "./purchase.test.js";
