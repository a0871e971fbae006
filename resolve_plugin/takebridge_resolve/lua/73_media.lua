-- media.replace and media.tag: the media item behind clips, everywhere it is used. project.save.

do

-- Return a verified MediaResult.
local function media_result(media, changed)
  return "verified", { media = TB.media_item(media, {}), changed = changed }
end

-- Return all free-form metadata of a media item.
local function tags_of(media)
  local tags = {}
  for name, value in pairs(TB.entries(TB.call_if(media, "GetThirdPartyMetadata"))) do
    if name ~= "__flags" and TB.given(value) then
      tags[tostring(name)] = tostring(value)
    end
  end
  return tags
end

-- Return one entry, "" when there is none.
local function tag_of(media, name)
  return TB.text(TB.call_if(media, "GetThirdPartyMetadata", name))
end

-- Write entries, each read back.
local function write_tags(desk, project, media, tags, expect)
  for _, name in ipairs(TB.sorted_keys(tags)) do
    if tag_of(media, name) ~= tags[name] and TB.has(media, "SetThirdPartyMetadata") then
      TB.carry_out(
        desk,
        project,
        "write metadata",
        function() return media:SetThirdPartyMetadata(name, tags[name]) end,
        function() return tag_of(media, name) == tags[name] end,
        function() return TB.same_project(desk.resolve, expect) end
      )
    end
  end
end

-- Point a media item at a file.
local function point_at(desk, project, media, path, expect)
  TB.carry_out(
    desk,
    project,
    "replace the media",
    function() return media:ReplaceClip(path) end,
    function() return TB.same_path(media:GetClipProperty("File Path"), path) end,
    function() return TB.same_project(desk.resolve, expect) end
  )
end

-- Point the item at its old file again and return the error: clips would run past the end of the new one.
local function too_short(desk, project, media, paths, frames, tags, expect)
  local message = "The new file has %d frames, the old one %d: clips could run past its end."
  local hint, details = "Deliver a file that is at least as long.", { path = TB.text(paths[2]) }
  local found = TB.op_error("host_rejected", message:format(frames[2], frames[1]), hint, details)
  desk.pen:renew()
  local fine = TB.try(function()
    point_at(desk, project, media, paths[1], expect)
    write_tags(desk, project, media, tags, expect)
  end)
  found.undone = fine
  return fine and found or TB.unsure(found)
end

-- media.replace. ReplaceClip forgets metadata, so what is free-form is written again.
TB.OPS["media.replace"] = function(desk, args, expect)
  local wanted, path = TB.need(args, "media_id", "string"), TB.need_path(args)
  local project = TB.same_project(desk.resolve, TB.need_expectation(expect))
  local media = TB.find_media(project:GetMediaPool(), wanted)
  local was = TB.text(media:GetClipProperty("File Path"))
  if TB.same_path(was, path) then
    return media_result(media, false)
  end
  TB.need_file(path)
  TB.check_expectation(desk.resolve, expect)
  local tags, frames = tags_of(media), TB.whole(media:GetClipProperty("Frames"))
  point_at(desk, project, media, path, expect)
  local now = TB.whole(media:GetClipProperty("Frames"))
  if frames and now and now < frames then
    error(too_short(desk, project, media, { was, path }, { frames, now }, tags, expect), 0)
  end
  write_tags(desk, project, media, tags, expect)
  return media_result(media, true)
end

-- Return the tags an op names, or raise ``invalid_param``.
local function need_tags(args)
  local tags = TB.need(args, "tags", "dict")
  for name, value in pairs(tags) do
    if name == "" or type(value) ~= "string" then
      TB.refuse("invalid_param", "A tag needs a name and a text.")
    end
  end
  if next(tags) == nil then
    TB.refuse("invalid_param", "A tag needs a name and a text.")
  end
  return tags
end

-- media.tag (19.0.2)
TB.OPS["media.tag"] = function(desk, args, expect)
  local wanted, tags = TB.need(args, "media_id", "string"), need_tags(args)
  local project = TB.same_project(desk.resolve, TB.need_expectation(expect))
  local media = TB.find_media(project:GetMediaPool(), wanted)
  if not TB.has(media, "SetThirdPartyMetadata") then
    local message = "This version of Resolve keeps no metadata of ours."
    TB.refuse("unsupported_op", message, "Update to Resolve 19.0.2 or later.")
  end
  local changed = {}
  for name, value in pairs(tags) do
    changed[name] = tag_of(media, name) ~= value and value or nil
  end
  if next(changed) then
    TB.check_expectation(desk.resolve, expect)
  end
  write_tags(desk, project, media, changed, expect)
  return media_result(media, next(changed) ~= nil)
end

-- Return the open project, or raise ``not_found``.
function TB.need_project(resolve)
  local project = TB.open_project(resolve)
  if not project then
    TB.refuse("not_found", "No project is open in Resolve.", "Open a project, then try again.")
  end
  return project
end

-- Save the open project. Nothing reads back that it is saved, so the host's word counts.
function TB.save_project(desk, project)
  if TB.text(project:GetName()) == "Untitled Project" then
    local hint = "Save it once in Resolve (File > Save Project As), then try again."
    TB.refuse("host_rejected", "The project was never saved and has no name yet.", hint)
  end
  local said, manager = nil, desk.resolve:GetProjectManager()
  local function act()
    said = manager:SaveProject()
    return said
  end
  TB.carry_out(desk, project, "save the project", act, function() return said == true end, function() end)
end

-- project.save. A project that was never saved has no name: SaveProject would only say false.
TB.OPS["project.save"] = function(desk)
  local project = TB.need_project(desk.resolve)
  TB.save_project(desk, project)
  return "verified", { project_id = TB.short(project:GetUniqueId()), project_name = TB.text(project:GetName()) }
end

end -- media
