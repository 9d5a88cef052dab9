// Alarms: learned late, never monitored.

ValueSet: ItbAlarmCodes
Id: itb-alarm
Title: "ITB pump alarms"
Description: "All ITB pump alarms."
* insert LocalValueSet
* include codes from system $alarm

Invariant: itb-alm-component
Description: "Components say whether the alarm is critical, when it was over, what was heard, and what it means for delivery; each at most once."
Severity: #error
Expression: "component.all(code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation' and code.matches('^alarm-(critical|cleared|tone|delivery)$')).exists()) and component.code.coding.code.isDistinct()"

Invariant: itb-alm-value
Description: "Critical is yes or no, the end is a time, the tone is in words, the meaning for delivery is a code of ours."
Severity: #error
Expression: "component.where(code.coding.code = 'alarm-critical').all(value.ofType(boolean).exists()) and component.where(code.coding.code = 'alarm-cleared').all(value.ofType(dateTime).exists()) and component.where(code.coding.code = 'alarm-tone').all(value.ofType(string).exists()) and component.where(code.coding.code = 'alarm-delivery').all(value.ofType(CodeableConcept).coding.system = 'https://w3id.org/itb-fhir/CodeSystem/itb-alarm-delivery')"

Invariant: itb-alm-note
Description: "A note says that this is no alarm system."
Severity: #error
Expression: "note.text.where($this.startsWith('Not an alarm or monitoring system')).exists()"

Profile: ItbPumpAlarm
Parent: Observation
Id: itb-alarm
Title: "ITB pump alarm"
Description: "An alarm of the pump, once however often it was reported: heard by somebody, read from the log at one interrogation, read again at the next. Alarms are learned hours to months late: the resource records one and does not alert to it. That none is recorded does not mean that there was none."
* insert PumpObservation
* obeys itb-alm-component and itb-alm-value and itb-alm-note
* code = $observation#pump-alarm
* code ^short = "Always: pump alarm"
* effective[x] only dateTime
* effective[x] ^short = "Time of the alarm in the log of the pump, or when it was heard"
* issued ^short = "When somebody first learned of it"
* value[x] 1..1
* value[x] only CodeableConcept
* valueCodeableConcept from ItbAlarmCodes (required)
* valueCodeableConcept ^short = "Which alarm"
* note 1..*
* note ^short = "That this is no alarm system, and what the reporters noted"
* component ^short = "Criticality, end, tone, meaning for delivery"
