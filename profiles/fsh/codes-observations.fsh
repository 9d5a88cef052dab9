// What is read from a pump, observed of it and calculated for it: further codes of ItbObservation, and the codes of their
// values.

RuleSet: PumpReadingCodes
* #pump-alarm "Pump alarm" "An alarm of the pump at the time of its log. It is learned later, often only when the pump is read."
* #alarm-critical "Critical alarm" "Whether the alarm is critical, as reported or as the table of alarms says."
* #alarm-cleared "End of the alarm" "When the alarm was over."
* #alarm-tone "Tone of the alarm" "What was heard, in the words of the reporter."
* #alarm-delivery "Meaning for delivery" "What the alarm says of delivery, from the table of alarms."
* #reported-reservoir-volume "Reported reservoir volume" "Volume in the reservoir as the programmer showed it. The pump calculates it from its programme, unless its model has a sensor."
* #calculated-residual-volume "Calculated residual volume" "Volume that should be left at a refill, as this software calculates it: the last fill less what was programmed since."
* #reported-residual-discrepancy "Reported residual volume discrepancy" "Measured minus expected residual volume, as the source calculated it."
* #residual-direction "Direction of the residual discrepancy" "Whether more or less was left than calculated."
* #residual-reading "Reading of the residual discrepancy" "What such a discrepancy may mean. It is never a cause."
* #residual-since "Start of the residual comparison" "The fill from which the expected residual volume was calculated."
* #residual-span "Span of the residual comparison" "Time from the last known fill to the measurement."
* #volume-after-last-fill "Volume after the last fill" "Volume from which the expected residual volume was calculated."
* #volume-programmed-since-fill "Volume programmed since the last fill" "Volume that the programmes since the last fill come to."
* #volume-delivered-since-fill "Volume that left the reservoir since the last fill" "Volume after the last fill minus the measured residual volume."
* #discrepancy-limit-volume "Limit of the discrepancy as a volume" "The configured volume that the discrepancy passes."
* #discrepancy-limit-share "Limit of the discrepancy as a share" "The configured share of the programmed volume that the discrepancy passes."
* #programmed-fill-volume "Programmed fill volume" "Volume that the programmer was told is in the reservoir after the fill."
* #calculated-flow-rate "Calculated flow rate" "Daily dose divided by concentration: the volume a day of the programme."
* #flex-step "Flex step" "One step of a programme that varies over the day: its clock times and its amount."
* #weekday-pattern "Weekday pattern" "The programme of the weekdays that have one of their own."
* #weekday-dose "Programmed daily dose of weekdays" "Daily dose on the weekdays that the text names."
* #additional-drug "Drug beside baclofen" "Another drug in the same reservoir."
* #daily-dose-change "Change of the daily dose" "Change in percent of the daily dose before, as this software calculates it."
* #bridge-volume "Bridge volume" "Volume that clears the old concentration from tubing and catheter."
* #bridge-duration "Bridge duration" "Time in which the bridge is given."
* #single-bolus-dose "Single bolus dose" "Amount of a single bolus that the programme states."
* #single-bolus-duration "Single bolus duration" "Time in which a single bolus is given."
* #periodic-bolus-dose "Periodic bolus dose" "Amount of each of the boluses that the programme gives at set intervals."
* #periodic-bolus-duration "Periodic bolus duration" "Time in which each of these boluses is given."
* #periodic-bolus-interval "Periodic bolus interval" "Time from the start of one of these boluses to the next."
* #patient-bolus-dose "Patient bolus dose" "Amount of a bolus that the patient may request."
* #patient-bolus-duration "Patient bolus duration" "Time in which a requested bolus is given."
* #patient-bolus-lockout "Patient bolus lockout" "Shortest time from one requested bolus to the next."
* #patient-bolus-maximum "Most patient boluses a day" "Number of boluses that the patient may request in a day."
* #patient-boluses-delivered "Patient boluses delivered" "Boluses that the patient requested and the pump gave, as it counted them."
* #patient-boluses-denied "Patient boluses denied" "Boluses that the patient requested and the pump did not give, as it counted them."
* #patient-boluses-since "Start of the count of patient boluses" "Since when the pump counted."
* #patient-boluses-total "Dose of all patient boluses" "Boluses delivered times the dose of one, as this software calculates it."
* #reported-refill-due-date "Reported refill due date" "Date by which a refill is due, as reported."
* #reported-refill-interval "Reported refill interval" "Time from one refill to the next, as reported."
* #critical-alarm-interval "Critical alarm interval" "Time from one tone of a critical alarm to the next, as the pump is set."
* #forecast-alarm-volume "Alarm volume of the calculation" "Alarm volume with which the alarm date was calculated: as reported, else of the model, else of the site."
* #days-to-alarm "Days to the alarm volume" "Time until the calculated volume reaches the alarm volume."
* #eri-date "Date of the elective replacement indicator" "Since when the elective replacement indicator is on, as reported."
* #estimated-replacement-date "Reported replacement date" "Estimated date of replacement of the pump, as reported."
* #calculated-eri-date "Calculated date of the elective replacement indicator" "Day of the reading plus the months to the indicator that were shown then."
* #end-of-service-by "Calculated end of service" "Last day on which the model is said to work: so many days after its elective replacement indicator."
* #replacement-window "Calculated replacement window" "From the elective replacement indicator to the end of service."
* #pump-implant-date "Implant date of the pump" "When the pump was implanted, as precisely as it was stated."
* #pump-implant-date-source "Source of the implant date" "Where the implant date comes from, in the words of the reporter."
* #catheter-tip-level-source "Source of the catheter tip level" "How surely the level of the catheter tip is known."
* #rinse-volume "Rinse volume" "Volume with which the reservoir was rinsed before the fill."
* #needle-attempts "Needle attempts" "How often the needle was placed."
* #imaging-used "Imaging used" "How the port was found, in the words of the reporter."
* #refill-setting "Place of the refill" "What kind of place the refill took place at."
* #session-report-id "Session report" "Number of the session report of the programmer."
* #programmer-model "Programmer" "Model of the programmer."
* #programmer-software "Software of the programmer" "Version of the software of the programmer."
* #programmer-clock "Clock of the programmer" "What the clock of the programmer showed."
* #pump-clock "Clock of the pump" "What the clock of the pump showed."

CodeSystem: ItbBatteryStatus
Id: itb-battery-status
Title: "ITB battery states"
Description: "State of the battery of a pump as its programmer reports it."
* insert LocalCodeSystem
* #ok "No indicator on" "The programmer reported no indicator of the battery."
* #eri "Elective replacement indicator on" "The battery asks for replacement."
* #eos "End of service reached" "The battery is exhausted."

CodeSystem: ItbResidualDirection
Id: itb-residual-direction
Title: "ITB directions of a residual discrepancy"
Description: "Measured against calculated residual volume."
* insert LocalCodeSystem
* #more-left "More left than calculated" "More was left than calculated, by more than the configured limits."
* #less-left "Less left than calculated" "Less was left than calculated, by more than the configured limits."
* #as-expected "As calculated, within limits" "The discrepancy passes none of the configured limits."

CodeSystem: ItbResidualReading
Id: itb-residual-reading
Title: "ITB readings of a residual discrepancy"
Description: "What a residual discrepancy may mean. A reading is for a clinician to check and never a cause."
* insert LocalCodeSystem
* #under-delivery "May mean that less was delivered than programmed" "More was left than calculated."
* #over-delivery "May mean that more was delivered than programmed" "Less was left than calculated."
* #pocket-fill-possible "May mean that the last fill did not all enter the reservoir" "Less was left than calculated, by most of the last fill: it may lie beside the pump."

CodeSystem: ItbAlarmDelivery
Id: itb-alarm-delivery
Title: "ITB meanings of an alarm for delivery"
Description: "What an alarm says of delivery."
* insert LocalCodeSystem
* #continues "Programme goes on" "The alarm changes nothing in the programme that runs. Its words say what it means for the drug."
* #stopped "Nothing is delivered" "The alarm says that nothing is delivered."
* #uncertain "Delivery uncertain" "Delivery may not be as programmed."
* #recovered "Delivery goes on again" "What kept the pump from delivering is over."

CodeSystem: ItbRefillSetting
Id: itb-refill-setting
Title: "ITB places of a refill"
Description: "Where a refill took place, seen from the clinic that looks after the pump."
* insert LocalCodeSystem
* #clinic "At the clinic" "At the clinic that looks after the pump."
* #hospital "In hospital" "During a stay in hospital."
* #home "At home" "Where the patient lives."
* #elsewhere "Elsewhere" "At another clinic or practice."
