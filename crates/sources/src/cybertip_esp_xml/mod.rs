//! cybertip_esp_xml.
