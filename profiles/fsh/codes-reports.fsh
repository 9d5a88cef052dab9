// What a destination is told in words, where it cannot hold the resources themselves.

CodeSystem: ItbReportKind
Id: itb-report
Title: "ITB reports"
Description: "What is written for readers where a server cannot hold the resources of an event themselves."
* insert LocalCodeSystem
* #event-report "Report of a pump event" "What one event made and changed, as a readable page."
* #correction "Correction of an earlier entry" "What is reported now in place of an entry that cannot be changed where it stands."
* #worklist-entry "Entry to be made by hand" "What somebody has to enter, because no interface takes it."
* #occurred-at "Time of the event" "When the event happened, as it was reported."
* #text-to-enter "Text to be entered" "The page that has to be entered."
