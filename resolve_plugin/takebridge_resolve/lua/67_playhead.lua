-- Timecode labels, selection.peek and playhead.set. Frames are the truth, a label only names one.

do

local MOST_FRAMES_A_SECOND = 240
local PEEK_CALLS = 8
TB.PLAYHEAD_HINT = "Open the Cut, Edit, Color, Fairlight or Deliver page in Resolve: the others have no playhead."

-- Return the frames counted per labelled second: 24 for "23.976"; nil for a rate nobody knows.
function TB.base_of(rate)
  local said = TB.rate_text(rate):match("^%s*(%d+%.?%d*)")
  local number = said and tonumber(said) or 0
  local base = math.floor(number + 0.5)
  return base > 0 and base <= MOST_FRAMES_A_SECOND and base or nil
end

-- Return {base, drop} of a timeline: frames per labelled second, whether labels are drop-frame.
function TB.clock_of(scene)
  local rate = TB.setting(scene, "timelineFrameRate")
  return { base = TB.base_of(rate), drop = TB.is_drop(scene, rate) }
end

-- Return the labels left out a minute: 2 at 29.97, 4 at 59.94.
local function dropped(base)
  return math.floor(base / 15)
end

-- Return the frame a label names, counted from 00:00:00:00, or nil. A ";" says drop-frame by itself.
function TB.frame_at(label, base, drop)
  local hours, minutes, seconds, mark, frames = TB.text(label):match("^(%d%d):(%d%d):(%d%d)([:;.])(%d%d%d?)$")
  if not hours or not base then
    return nil
  end
  local passed = tonumber(hours) * 60 + tonumber(minutes)
  local frame = (passed * 60 + tonumber(seconds)) * base + tonumber(frames)
  if not drop and mark ~= ";" then
    return frame
  end
  return frame - dropped(base) * (passed - math.floor(passed / 10))
end

-- Return the label of a frame counted from 00:00:00:00.
function TB.label_at(frame, base, drop)
  if drop then
    local tens, rest = math.floor(frame / (base * 600 - 9 * dropped(base))), frame % (base * 600 - 9 * dropped(base))
    local minutes = math.floor(math.max(rest - dropped(base), 0) / (base * 60 - dropped(base)))
    frame = frame + dropped(base) * (9 * tens + minutes)
  end
  local seconds = math.floor(frame / base)
  local minutes = math.floor(seconds / 60)
  local hours = math.floor(minutes / 60) % 24
  return ("%02d:%02d:%02d%s%02d"):format(hours, minutes % 60, seconds % 60, drop and ";" or ":", frame % base)
end

-- Return the record frame under the playhead, or nil on pages that do not say (Media, Fusion).
function TB.playhead_of(timeline, clock)
  return TB.frame_at(timeline:GetCurrentTimecode(), clock.base, clock.drop)
end

local Meter = {}
Meter.__index = Meter

-- Make a call while some are left; whatever is asked after that is nil.
function Meter:ask(thing, name, ...)
  if self.left < 1 then
    return nil
  end
  self.left = self.left - 1
  return thing[name](thing, ...)
end

local function meter_of(left)
  return setmetatable({ left = left }, Meter)
end

-- Return the open project and timeline; 21.1 says the timeline at once, then the project is asked when needed.
local function current_ones(desk, meter)
  if TB.has(desk.resolve, "GetCurrentTimeline") then
    return nil, meter:ask(desk.resolve, "GetCurrentTimeline")
  end
  desk.manager = desk.manager or meter:ask(desk.resolve, "GetProjectManager")
  local project = desk.manager and meter:ask(desk.manager, "GetCurrentProject") or nil
  if not project then
    desk.manager = nil
  end
  return project, project and meter:ask(project, "GetCurrentTimeline") or nil
end

-- Return the open project at once (21.1), or nil.
local function open_project_of(desk, meter)
  return TB.has(desk.resolve, "GetCurrentProject") and meter:ask(desk.resolve, "GetCurrentProject") or nil
end

-- Return {project_id, base, drop} of a timeline not seen before, and remember it.
local function learn(desk, meter, project, timeline, key)
  project = project or open_project_of(desk, meter)
  local rate = meter:ask(timeline, "GetSetting", "timelineFrameRate")
  if not TB.given(rate) and project then
    rate = meter:ask(project, "GetSetting", "timelineFrameRate")
  end
  local project_id = project and TB.short(meter:ask(project, "GetUniqueId")) or ""
  local drop = TB.rate_text(rate):upper():match(" DF$") ~= nil
  local known = { project_id = project_id, base = TB.base_of(rate), drop = drop }
  if project_id ~= "" and known.base then
    desk.known[key] = known
  end
  return known
end

-- Learn the open timeline, so that the first peek stays within its calls.
function TB.prepare(desk)
  local meter = meter_of(64)
  local project, timeline = current_ones(desk, meter)
  if timeline then
    learn(desk, meter, project, timeline, TB.short(timeline:GetUniqueId()))
  end
end

-- Return the keys of the selected items, as many as calls are left for.
local function peek_selected(meter, timeline)
  local chosen, keys = TB.entries(meter:ask(timeline, "GetSelectedClips")), TB.array()
  for index = 1, math.min(#chosen, meter.left) do
    local key = TB.short(meter:ask(chosen[index], "GetUniqueId"))
    keys[#keys + 1] = key ~= "" and key or nil
  end
  return keys
end

-- Return a PeekResult within eight calls; of many selected items only as many as fit in.
function TB.peek(desk)
  local meter = meter_of(PEEK_CALLS)
  local said = { project_id = "", timeline_id = "", timecode = "", clip = "", selected = TB.array() }
  local project, timeline = current_ones(desk, meter)
  local key = timeline and TB.short(meter:ask(timeline, "GetUniqueId")) or ""
  if key == "" then
    project = project or open_project_of(desk, meter)
    said.project_id = project and TB.short(meter:ask(project, "GetUniqueId")) or ""
    return said
  end
  local known = desk.known[key] or learn(desk, meter, project, timeline, key)
  said.project_id, said.timeline_id = known.project_id, key
  said.timecode = TB.short(meter:ask(timeline, "GetCurrentTimecode"))
  said.record_frame = TB.frame_at(said.timecode, known.base, known.drop)
  local item = meter:ask(timeline, "GetCurrentVideoItem")
  said.clip = item and TB.short(meter:ask(item, "GetUniqueId")) or ""
  if TB.has(timeline, "GetSelectedClips") then
    said.selected = peek_selected(meter, timeline)
  end
  return said
end

-- selection.peek. Asked every second, so a timeline's rate and project are remembered by its id.
TB.OPS["selection.peek"] = function(desk)
  return "verified", TB.peek(desk)
end

-- playhead.set
TB.OPS["playhead.set"] = function(desk, args)
  local wanted, frame = TB.need(args, "timeline_id", "string"), TB.need(args, "record_frame", "int")
  local scene = TB.open_scene(desk.resolve)
  if scene.timeline_id ~= wanted then
    TB.refuse("timeline_switched", "Another timeline is open in Resolve.")
  end
  TB.park(desk, scene, frame)
  return "verified", TB.peek(desk)
end

-- Put the playhead on a record frame of the timeline; nothing is written when it is there.
function TB.park(desk, scene, frame)
  local timeline, clock = scene.timeline, TB.clock_of(scene)
  local first, stop = TB.frame_or_gone(timeline:GetStartFrame()), TB.frame_or_gone(timeline:GetEndFrame())
  if frame < first or frame > math.max(stop, first) then
    local message = ("Frame %d lies outside the timeline."):format(frame)
    TB.refuse("invalid_param", message, "Choose a frame of the timeline.")
  end
  local now = TB.playhead_of(timeline, clock)
  if not now or not clock.base then
    TB.refuse("host_rejected", "Resolve does not say where the playhead is.", TB.PLAYHEAD_HINT)
  elseif now == frame then
    return
  end
  local label = TB.label_at(frame, clock.base, clock.drop)
  local fine, found = TB.try(function()
    TB.carry_out(
      desk,
      scene.project,
      "move the playhead",
      function() return timeline:SetCurrentTimecode(label) end,
      function() return TB.playhead_of(timeline, clock) == frame end,
      function() return TB.same_timeline(desk, scene) end
    )
  end)
  if not fine then
    found.hint = found.code == "host_rejected" and TB.PLAYHEAD_HINT or found.hint
    error(found, 0)
  end
end

-- Raise when another timeline is open than the one of a scene.
function TB.same_timeline(desk, scene)
  local now = TB.open_scene(desk.resolve)
  if now.project_id ~= scene.project_id or now.timeline_id ~= scene.timeline_id then
    TB.refuse("timeline_switched", "Another timeline was opened in Resolve meanwhile.")
  end
end

end -- playhead
