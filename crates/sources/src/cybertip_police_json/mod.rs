//! cybertip_police_json.
