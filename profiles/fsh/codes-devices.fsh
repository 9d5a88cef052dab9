// Devices, their states and alarms, and what ends a segment of delivery.

CodeSystem: ItbDeviceType
Id: itb-device-type
Title: "ITB device types"
Description: "Kinds of implanted device in intrathecal therapy."
* insert LocalCodeSystem
* #programmable-pump "Programmable intrathecal pump" "Implanted pump whose rate is programmed through the skin."
* #constant-flow-pump "Constant-flow intrathecal pump" "Implanted pump with a fixed rate; the dose is set by the concentration."
* #intrathecal-catheter "Intrathecal catheter" "Implanted catheter between pump and subarachnoid space."

CodeSystem: ItbDeviceStatusReason
Id: itb-device-status-reason
Title: "ITB device status reasons"
Description: "Why a device has its status, where FHIR R4 has no code for it."
* insert LocalCodeSystem
* #explanted "Explanted" "The device was removed from the body."
* #replaced "Replaced" "The device was removed and another one took its place."
* #catheter-abandoned "Catheter abandoned" "The catheter is left in the body and no longer used."
* #eri "Elective replacement indicator" "The battery asks for replacement."
* #eos "End of service" "The battery is exhausted."

CodeSystem: ItbStopReason
Id: itb-stop-reason
Title: "ITB stop reasons"
Description: "Why a segment of delivery ended."
* insert LocalCodeSystem
* #programme-changed "Programme changed" "Another programme took over."
* #bridge-ended "Bridge ended" "The bridge programme was over and the maintenance programme took over."
* #pump-stopped "Pump stopped" "The pump was stopped or was reported to have stopped."
* #pump-explanted "Pump explanted" "The pump was removed."
* #patient-died "Patient died" "The patient's death was reported. The pump may have run on."
* #programme-unknown "Programme unknown" "A later report could change delivery and is held: the programme since then is not known."
* #delivery-stopped-by-alarm "Delivery stopped, by an alarm" "An alarm of the pump says that nothing is delivered since then, as a motor stall does."
* #delivery-uncertain "Delivery uncertain" "An alarm of the pump says that delivery since then may not be as programmed."

CodeSystem: ItbExplantCause
Id: itb-explant-cause
Title: "ITB causes of explantation"
Description: "Why a pump or catheter was removed, as registries count it."
* insert LocalCodeSystem
* #battery "Battery" "The battery asked for replacement or was exhausted."
* #infection "Infection" "The device or its pocket was infected."
* #malfunction "Malfunction" "The device did not work as it should."
* #end-of-therapy "End of therapy" "Intrathecal therapy was ended on purpose."
* #patient-choice "Choice of the patient" "The patient asked for it."
* #death "Death" "The device was removed after death."
* #other "Other" "Another cause, in words beside it."

CodeSystem: ItbFactSource
Id: itb-fact-source
Title: "Sources of facts about a catheter"
Description: "How surely a length or a volume of an implanted catheter is known."
* insert LocalCodeSystem
* #operative-note "Operative note" "Stated in the report of the operation."
* #assumed "Assumed" "Assumed, as from the length of the catheter before it was trimmed."
* #unknown "Unknown" "The reporter does not know where the value comes from."

CodeSystem: ItbPerformerFunction
Id: itb-performer-function
Title: "ITB functions of a performer"
Description: "What the person who is named did."
* insert LocalCodeSystem
* #operator "Operator" "Implanted, revised or removed a pump or catheter."
* #refiller "Refiller" "Emptied or filled the reservoir through the skin."
* #programmer "Programmer" "Programmed the pump, or read it with its programmer."

CodeSystem: ItbAlarm
Id: itb-alarm
Title: "ITB pump alarms"
Description: "Alarms of implanted pumps. They are learned at interrogation, hours to months late."
* insert LocalCodeSystem
* #low-reservoir "Low reservoir" "The calculated volume has reached the alarm volume."
* #empty-reservoir "Empty reservoir" "By the pump's calculation no usable volume is left."
* #eri "Elective replacement indicator" "The battery asks for replacement."
* #eos "End of service" "The battery is exhausted and the pump stops."
* #motor-stall "Motor stall" "The motor does not turn."
* #motor-stall-recovered "Motor stall recovered" "The motor turns again after a stall."
* #stopped-over-48h "Stopped for more than 48 h" "The pump has been stopped for more than 48 h."
* #low-battery-reset "Low battery reset" "The pump was reset by low battery; the infusion may have dropped to a very low rate."
* #memory-error-noncritical "Non-critical memory error" "A memory error that does not change the infusion."
* #memory-error-critical "Critical memory error" "A memory error that may change the infusion."
* #tube-set-error "Tube set error" "The pump reports an error of its tube set."
* #telemetry-mode "Telemetry mode" "The pump is in telemetry mode and may not deliver until it is read with its programmer."

CodeSystem: ItbPumpEvent
Id: itb-pump-event
Title: "ITB pump events"
Description: "Events in the life of a pump therapy, as sources report them."
* insert LocalCodeSystem
* #refill "Refill" "The reservoir was filled."
* #concentration-change "Concentration change" "The drug in the reservoir has another concentration than before."
* #bridge-bolus "Bridge bolus" "A bridge was programmed to clear the old concentration."
* #priming-bolus "Priming bolus" "Tubing and catheter were filled with drug."
* #dose-change "Dose change" "The programmed daily dose was changed."
* #mode-change "Mode change" "The infusion mode was changed."
* #pump-stop "Pump stop" "The pump was stopped."
* #pump-restart "Pump restart" "The pump was started again."
* #reservoir-emptied-mri "Reservoir emptied for MRI" "The reservoir was emptied on purpose, as before magnetic resonance imaging."
* #interrogation "Interrogation" "The pump was read with its programmer."
* #ptm-bolus-summary "Summary of patient activated boluses" "Number and amount of boluses that the patient requested."

CodeSystem: ItbSync
Id: itb-sync
Title: "ITB adapter labels"
Description: "Labels with which the adapter marks what it writes."
* insert LocalCodeSystem
* #itb-adapter "Written by the ITB adapter" "The resource was written by an ITB FHIR adapter."
* #demo "Demonstration data" "The resource belongs to a demonstration and describes nobody."
