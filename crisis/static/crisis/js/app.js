// A convenience: without it digits stand still beside the time of day.
import "./clock.js";
import "./forms.js";
import "./keys.js";
import "./seen.js";
