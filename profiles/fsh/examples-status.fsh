RuleSet: KnownBy(method)
* component[=].extension[method].valueCode = #{method}

RuleSet: KnownAsOf(method, time)
* component[=].extension[method].valueCode = #{method}
* component[=].extension[asOf].valueDateTime = "{time}"

Instance: example-pump-summary
InstanceOf: ItbPumpSummary
Usage: #example
* meta.tag = $sync#itb-adapter
* meta.security = $actReason#HTEST
* insert OfExamplePatient
* status = #final
* focus = Reference(Device/example-pump)
* device = Reference(Device/example-pump)
* effectiveDateTime = "2024-07-01T12:00:00Z"
* derivedFrom = Reference(Observation/example-pump-status)
* note[0].text = "Not an alarm or monitoring system."
* note[+].text = "1 report held since 2024-06-28: not in this answer."
* insert Component(status-urgency, Urgency of the status)
* component[=].valueCodeableConcept = $statusAnswer#nothing-reported "Nothing urgent reported"
* insert KnownAsOf(calculated, 2024-07-01T12:00:00Z)
* insert Component(programmed-daily-dose, Programmed daily dose)
* component[=].valueQuantity = 210 'ug/d'
* insert KnownAsOf(reported, 2024-06-25T10:20:00-04:00)
* component[=].extension[source].valueIdentifier.system = "urn:oid:2.16.840.1.113883.19.5.1"
* component[=].extension[source].valueIdentifier.value = "R-000123"
* insert Component(calculated-reservoir-volume, Calculated reservoir volume)
* component[=].valueQuantity = 37.42 'mL'
* insert KnownAsOf(calculated, 2024-07-01T12:00:00Z)
* component[=].extension[calculation].valueCode = #reservoir-volume
* insert Component(battery-status, Battery status)
* component[=].dataAbsentReason = $absent#unknown
* insert KnownBy(unknown)
* insert Component(alarm-state, Alarm state)
* component[=].dataAbsentReason = $absent#unknown
* insert KnownBy(unknown)
* component[=].extension[words].valueString = "No alarm reported since 2024-01-15. Alarms are learned late."
