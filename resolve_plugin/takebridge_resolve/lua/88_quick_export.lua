-- range.render, and its way by Quick Export (Studio, 19.1): it blocks, and leaves the Deliver settings alone.

do

local UPLOADS = { "youtube", "vimeo", "tiktok", "twitter", "dropbox", "frame.io", "presentations" }

-- Say whether Quick Export may be called: on the free edition it is not touched.
function TB.offers_quick_export(resolve, project)
  return TB.has(project, "RenderWithQuickExport") and TB.edition_of(resolve) == "studio"
end

-- Return the preset asked for, else one that writes a file and uploads nothing.
local function quick_preset(order)
  local names = TB.each(TB.entries(TB.call_if(order.project, "GetQuickExportRenderPresets")), TB.text)
  if order.preset ~= "" then
    if not TB.set(names)[order.preset] then
      local message = ("Quick Export has no preset “%s”."):format(order.preset)
      TB.refuse("not_found", message, "Choose one Resolve lists.")
    end
    return order.preset
  end
  local files = TB.each(names, function(name)
    local upload = TB.first(UPLOADS, function(word) return name:lower():find(word, 1, true) end)
    return not upload and name or nil
  end)
  for _, word in ipairs({ "prores", "h.264", "h264" }) do
    local found = TB.first(files, function(name) return name:lower():find(word, 1, true) end)
    if found then
      return found
    end
  end
  if not files[1] then
    TB.refuse("unsupported_op", "Quick Export has no preset that writes a file.", "Render by the queue instead.")
  end
  return files[1]
end

-- Mark the range: marks count from the start of the timeline, the out mark is the last frame inside.
local function mark(desk, order)
  local span = { ["in"] = order.span.start - order.origin, out = order.span.stop - 1 - order.origin }
  if not TB.has(order.timeline, "SetMarkInOut") then
    TB.refuse("unsupported_op", "This version of Resolve cannot mark a range.", "Render by the queue instead.")
  end
  TB.carry_out(
    desk,
    order.project,
    "mark the range",
    function() return TB.set_marks(order.timeline, { video = span, audio = span }) end,
    function() return TB.same(TB.marks_of(order.timeline).video, span) end,
    function() TB.same_timeline(desk, order.scene) end
  )
end

-- Return what Quick Export says: a table with the job's status, or an error's words.
local function export(order, preset)
  local settings = { TargetDir = order.folder, CustomName = order.name, EnableUpload = false }
  local said = TB.call_if(order.project, "RenderWithQuickExport", preset, settings)
  if not TB.truthy(said) and not order:made() then
    error(TB.refusal(order.project, "render the range"), 0)
  end
  return said
end

-- Mark the range, export it, put the marks back.
local function render_quickly(desk, order)
  local preset = quick_preset(order)
  local kept, said, path = TB.keeping(desk, function(kept)
    kept:page()
    kept:playhead(order.timeline)
    kept:marks(order.timeline)
    mark(desk, order)
    return export(order, preset), order:made()
  end)
  local facts = TB.entries(said)
  local done = TB.starts(TB.text(facts.JobStatus):lower(), "complete")
  local result = { job = "", way = "quick", state = "failed", percent = 0, path = "", error = "" }
  if done and path then
    result.state, result.percent, result.path = "complete", 100, path
    return kept:outcome(), result
  end
  local words = said
  if type(said) == "table" then
    words = TB.given(said.Error) and said.Error or said.JobStatus
  end
  result.error = TB.given(words) and TB.text(words) or "Resolve wrote no file and did not say why."
  return kept:outcome(), result
end

-- range.render
TB.OPS["range.render"] = function(desk, args)
  local way = args.way
  if way ~= nil and way ~= "queue" and way ~= "quick" then
    TB.refuse("invalid_param", "A range is rendered by the queue or by Quick Export.")
  end
  local order = TB.render_order(desk, args)
  if way ~= "quick" then
    return TB.render_by_queue(desk, order)
  elseif not TB.offers_quick_export(desk.resolve, order.project) then
    local message = "This Resolve has no Quick Export that scripts may use."
    TB.refuse("unsupported_op", message, "Render by the queue instead.")
  elseif not order.audio then
    TB.refuse("unsupported_op", "Quick Export always writes the sound.", "Render by the queue instead.")
  end
  return render_quickly(desk, order)
end

end -- quick_export
