// What is observed, done and programmed. Every code of ours is defined once, here or in the two sibling files.

RuleSet: LocalCodeSystem
* ^caseSensitive = true
* ^experimental = false
* ^content = #complete

CodeSystem: ItbObservation
Id: itb-observation
Title: "ITB observations"
Description: "What is read from, calculated for or reported about an intrathecal pump and its therapy."
* insert LocalCodeSystem
* #pump-status-panel "Pump status panel" "Everything that one interrogation or refill said about the pump, as components."
* #programmed-daily-dose "Programmed daily dose" "Drug amount that the programme delivers in 24 h."
* #complication "Complication of intrathecal therapy" "A complication of the pump, the catheter, a procedure or the drug."
* #calculated-reservoir-volume "Calculated reservoir volume" "Volume that is left after the report, as this software calculates it: the last fill less what was programmed since. It is not measured."
* #expected-residual-volume "Expected residual volume" "Volume that should be left at a refill, as the source or the programmer calculated it."
* #measured-residual-volume "Measured residual volume" "Volume aspirated from the reservoir at a refill."
* #residual-discrepancy "Residual volume discrepancy" "Measured minus expected residual volume."
* #delivered-to-programmed-ratio "Ratio of delivered to programmed volume" "Volume that left the reservoir since the last fill, divided by the volume programmed."
* #residual-grade "Grade of the residual discrepancy" "The discrepancy against the limits that the site configured."
* #fill-volume "Fill volume" "Volume put into the reservoir at a refill."
* #drug-concentration "Drug concentration" "Concentration of the drug in the reservoir."
* #low-reservoir-alarm-volume "Low reservoir alarm volume" "Calculated volume at which the pump sounds its low reservoir alarm."
* #low-reservoir-alarm-date "Calculated low reservoir alarm date" "Date on which the calculated volume reaches the alarm volume, as this software calculates it."
* #reported-low-reservoir-alarm-date "Reported low reservoir alarm date" "Low reservoir alarm date as the programmer reported it."
* #refill-due-by "Refill due by" "Date by which a refill is due, from the alarm date and the drug's stability."
* #months-to-eri "Months to elective replacement indicator" "Estimated time until the battery asks for replacement."
* #battery-status "Battery status" "State of the battery as the programmer reported it."
* #infusion-mode "Infusion mode" "Mode in which the pump infuses."
* #programme-read "Programme read" "The programme found in the pump, where it was read and not changed."
* #complication-severity "Severity of the complication" "How severe the complication was."
* #complication-cause "Cause of the complication" "What the reporter names as the cause."
* #complication-symptom "Symptom of the complication" "A sign or symptom that was reported."
* #complication-related-to "Related part" "The part of the therapy to which the complication relates."
* #complication-action "Action taken" "What was done about the complication."
* #complication-outcome "Outcome of the complication" "How the complication ended, or its present state."
* #complication-resolved "Time of resolution" "When the complication was reported as resolved."
* #complication-consequence "Consequence of the complication" "Another complication or a sign that followed from it."
* #complication-seriousness "Seriousness of the complication" "Whether it meant death, danger to life, a hospital stay, lasting harm or an intervention."
* #complication-expected "Expectedness of the complication" "Whether the reporter called it expected."
* #complication-confirmed "Confirmation of the complication" "Whether a clinician confirmed it."
* #catheter-volume "Catheter volume" "Internal volume of the implanted catheter."
* #catheter-length "Implanted catheter length" "Length of the catheter left in the body."
* #catheter-tip-level "Catheter tip level" "Vertebral level of the catheter tip."
* #alarm-state "Alarm state" "An alarm of the pump that was known at the reading and not reported as over."
* #pump-tubing-volume "Pump tubing volume" "Internal volume of the pump's tubing between reservoir and catheter port."
* #reservoir-capacity "Reservoir capacity" "Nominal volume of the reservoir."
* #calibration-constant "Calibration constant" "The constant that the maker prints for this one pump and that its programmer has to show."
* #catheter-removed-length "Removed catheter length" "Length of catheter that was cut off before it was implanted."
* #catheter-length-source "Source of the catheter length" "How surely the implanted length is known."
* #catheter-volume-source "Source of the catheter volume" "How surely the volume of the catheter is known."
* #catheter-sideport "Catheter access port" "Whether the system has a port to the catheter beside the reservoir port."
* #flow-rate "Flow rate" "Volume that leaves the pump in a unit of time, as labelled or as the programmer showed it."
* insert PumpReadingCodes
* insert StatusSummaryCodes

CodeSystem: ItbProcedureKind
Id: itb-procedure
Title: "ITB procedures"
Description: "Procedures on an intrathecal pump system."
* insert LocalCodeSystem
* #system-implant "Implantation of pump and catheter" "Pump and catheter are implanted in one procedure."
* #pump-implant "Implantation of pump" "A pump is implanted; the catheter is not new."
* #catheter-implant "Implantation of catheter" "An intrathecal catheter is implanted; the pump is not new."
* #pump-refill "Refill of pump reservoir" "The reservoir is emptied and filled through the skin. The fill is not a dose given to the patient."
* #pump-reprogramming "Reprogramming of pump" "The programme of the pump is changed."
* #pump-revision "Revision of pump" "The pump is repositioned or repaired in place."
* #catheter-revision "Revision of catheter" "The catheter is repositioned, repaired or partly replaced."
* #pump-explant "Explantation of pump" "The pump is removed."
* #catheter-explant "Explantation of catheter" "The catheter is removed."
* #system-explant "Explantation of pump and catheter" "Pump and catheter are removed in one procedure."
* #pump-replacement-catheter-kept "Replacement of pump, catheter kept" "The pump is removed and another one is connected to the catheter in place."
* #bolus-programming "Programming of a bolus" "A single bolus, a bridge or a prime is programmed; the programme that runs at other times stays."
* #reservoir-emptying "Emptying of pump reservoir" "The reservoir is emptied through the skin and not filled, as before magnetic resonance imaging."
* #pump-interrogation "Interrogation of pump" "The pump is read with its programmer and not changed."

CodeSystem: ItbInfusionMode
Id: itb-infusion-mode
Title: "ITB infusion modes"
Description: "Modes in which a pump infuses, in the words that the makers share."
* insert LocalCodeSystem
* #simple-continuous "Simple continuous" "One rate at all times."
* #flex "Flex (variable over 24 h)" "Different rates at different times of the day."
* #periodic-bolus "Periodic bolus" "Boluses at set intervals, with or without a basal rate."
* #single-bolus "Single bolus" "One bolus over a set time."
* #minimum-rate "Minimum rate" "The lowest rate that keeps the pump running; no therapeutic dose is intended."
* #stopped "Stopped" "The pump does not infuse."
* #patient-activated "Patient activated" "A basal rate with boluses that the patient may request within limits."

CodeSystem: ItbAdministration
Id: itb-administration
Title: "ITB administration"
Description: "Ways, sites and means by which drug enters the pump system or the patient."
* insert LocalCodeSystem
* #intrathecal "Intrathecal" "Into the cerebrospinal fluid through the implanted catheter."
* #baclofen "Baclofen for intrathecal use" "Baclofen in a form for intrathecal infusion."
* #bridge-bolus "Bridge bolus" "Programme that clears the old concentration from tubing and catheter at the dose rate."
* #priming-bolus "Priming bolus (not a patient dose)" "Fills tubing and catheter. It is not delivered to the patient."
* #single-bolus "Single bolus" "A bolus that the clinician programmed and the pump delivered to the patient."
* #patient-activated-bolus "Patient activated bolus" "A bolus that the patient requested and the pump delivered."
* #reservoir-fill "Reservoir fill (not a patient dose)" "Drug put into the reservoir. It is not delivered to the patient."
* #flex-step "Flex step" "One step of a programme that varies over 24 h."
* #pump-reservoir "Pump reservoir" "The reservoir of the implanted pump, as the site of a fill."
