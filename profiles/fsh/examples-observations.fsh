RuleSet: Component(code, display)
* component[+].code = $observation#{code} "{display}"

Instance: example-pump-status
InstanceOf: ItbPumpStatus
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e21)
* insert OfExamplePatient
* status = #final
* category = $category#procedure
* focus = Reference(Device/example-pump)
* device = Reference(Device/example-pump)
* partOf = Reference(Procedure/example-procedure-refill)
* effectiveDateTime = "2024-06-25T10:20:00-04:00"
* insert Component(expected-residual-volume, Expected residual volume)
* component[=].valueQuantity = 23.53 'mL'
* insert Component(measured-residual-volume, Measured residual volume)
* component[=].valueQuantity = 23.9 'mL'
* insert Component(residual-discrepancy, Residual volume discrepancy)
* component[=].valueQuantity = 0.37 'mL'
* insert Component(residual-grade, Grade of the residual discrepancy)
* component[=].valueCodeableConcept = $grade#ok "Within limits"
* insert Component(fill-volume, Fill volume)
* component[=].valueQuantity = 38 'mL'
* insert Component(drug-concentration, Drug concentration)
* component[=].valueQuantity = 2000 'ug/mL'
* insert Component(programmed-daily-dose, Programmed daily dose)
* component[=].valueQuantity = 210 'ug/d'
* insert Component(low-reservoir-alarm-volume, Low reservoir alarm volume)
* component[=].valueQuantity = 2 'mL'
* insert Component(reported-low-reservoir-alarm-date, Reported low reservoir alarm date)
* component[=].valueDateTime = "2025-06-03"
* insert Component(months-to-eri, Months to elective replacement indicator)
* component[=].valueQuantity = 52 'mo'
* insert Component(calculated-reservoir-volume, Calculated reservoir volume)
* component[=].dataAbsentReason = $absent#not-performed
* insert Component(flex-step, Flex step)
* component[=].valueString = "00:00–12:00 105 ug"
* insert Component(flex-step, Flex step)
* component[=].valueString = "12:00–24:00 105 ug"
* insert Component(battery-status, Battery status)
* component[=].valueCodeableConcept = $battery#ok "No indicator on"
* insert Component(replacement-window, Calculated replacement window)
* component[=].valuePeriod.start = "2028-10-25"
* component[=].valuePeriod.end = "2029-01-23"
* insert Component(needle-attempts, Needle attempts)
* component[=].valueInteger = 1
* insert Component(critical-alarm-interval, Critical alarm interval)
* component[=].valueQuantity = 10 'min'

Instance: example-daily-dose
InstanceOf: ItbDailyDose
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e22)
* insert OfExamplePatient
* status = #final
* category = $category#therapy
* effectiveDateTime = "2024-06-25T10:20:00-04:00"
* focus = Reference(Device/example-pump)
* device = Reference(Device/example-pump)
* partOf = Reference(MedicationAdministration/example-infusion)
* valueQuantity = 210 'ug/d'

Instance: example-bolus-count
InstanceOf: ItbBolusCount
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e71)
* insert OfExamplePatient
* status = #final
* category = $category#therapy
* effectivePeriod.start = "2024-06-25T10:20:00-04:00"
* effectivePeriod.end = "2024-09-24T09:40:00-04:00"
* focus = Reference(Device/example-pump)
* device = Reference(Device/example-pump)
* valueInteger = 41
* insert Component(patient-boluses-denied, Patient boluses denied)
* component[=].valueInteger = 3
* insert Component(patient-boluses-total, Dose of all patient boluses)
* component[=].valueQuantity = 410 'ug'

Instance: example-alarm
InstanceOf: ItbPumpAlarm
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e72)
* insert OfExamplePatient
* status = #final
* effectiveDateTime = "2024-06-03T11:12:00-04:00"
* issued = "2024-06-25T10:20:00-04:00"
* focus = Reference(Device/example-pump)
* device = Reference(Device/example-pump)
* valueCodeableConcept = $alarm#motor-stall "Motor stall"
* note.text = "Not an alarm or monitoring system: alarms are learned late, often only when the pump is read."
* insert Component(alarm-critical, Critical alarm)
* component[=].valueBoolean = true
* insert Component(alarm-cleared, End of the alarm)
* component[=].valueDateTime = "2024-06-03T11:49:00-04:00"
* insert Component(alarm-tone, Tone of the alarm)
* component[=].valueString = "two-tone"
* insert Component(alarm-delivery, Meaning for delivery)
* component[=].valueCodeableConcept = $alarmDelivery#stopped "Nothing is delivered"
* component[=].valueCodeableConcept.text = "The motor does not turn. Nothing is delivered until it turns again."

Instance: example-volume-discrepancy
InstanceOf: ItbVolumeDiscrepancy
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e73)
* insert OfExamplePatient
* status = #final
* category = $category#procedure
* effectiveDateTime = "2023-11-20T10:00:00-05:00"
* focus = Reference(Device/example-pump)
* device = Reference(Device/example-pump)
* partOf = Reference(Procedure/example-procedure-refill)
* valueQuantity = 6.1 'mL'
* note.text = "Measured and calculated residual volume differ. Check the pump with its programmer."
* insert Component(residual-grade, Grade of the residual discrepancy)
* component[=].valueCodeableConcept = $grade#critical "Outside the critical limit"
* insert Component(residual-direction, Direction of the residual discrepancy)
* component[=].valueCodeableConcept = $residualDirection#more-left "More left than calculated"
* insert Component(residual-reading, Reading of the residual discrepancy)
* component[=].valueCodeableConcept = $residualReading#under-delivery "May mean that less was delivered than programmed"
* insert Component(measured-residual-volume, Measured residual volume)
* component[=].valueQuantity = 12.4 'mL'
* insert Component(calculated-residual-volume, Calculated residual volume)
* component[=].valueQuantity = 6.3 'mL'
* insert Component(delivered-to-programmed-ratio, Ratio of delivered to programmed volume)
* component[=].valueQuantity = 0.479 '1'
* insert Component(residual-span, Span of the residual comparison)
* component[=].valueQuantity = 98 'd'
* insert Component(discrepancy-limit-volume, Limit of the discrepancy as a volume)
* component[=].valueQuantity = 2 'mL'
* insert Component(discrepancy-limit-share, Limit of the discrepancy as a share)
* component[=].valueQuantity = 0.25 '1'
