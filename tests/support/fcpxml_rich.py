"""One hand-made document with nearly every construct of FCPXML, for tests that change it anywhere."""

from __future__ import annotations

RICH = """<fcpxml version="1.13"><import-options><option key="copy assets" value="0"/></import-options><resources>
<format id="r1" name="FFVideoFormat1080p25" frameDuration="100/2500s" width="1920" height="1080" colorSpace="1-1-1"/>
<format id="r8" name="Unused" frameDuration="1/50s" width="1280" height="720"/>
<asset id="r2" name="A" uid="U1" start="36000s" duration="100s" hasVideo="1" hasAudio="1" format="r1" audioRate="48000">
<media-rep kind="original-media" sig="S" src="file:///media/a%20b.mov"><bookmark>Ym9v</bookmark></media-rep>
<metadata><md key="com.x.reel" value="A001" type="string"/><md key="k"><array><string>one</string></array></md>
</metadata>
</asset>
<asset id="r3" name="B" start="0s" duration="50s" hasVideo="1" format="r1">
<media-rep src="file:///media/c.mov"/></asset>
<effect id="r4" name="Basic Title" uid=".../Basic.moti" src="file:///t.moti"/>
<effect id="r5" name="Cross Dissolve" uid="FFDissolve"/>
<media id="r6" name="Compound" uid="M1" modDate="2024"><sequence format="r1" duration="4s" tcStart="0s"><spine>
<video ref="r3" name="B" offset="0s" start="2s" duration="4s" role="video"/></spine></sequence></media>
<media id="r7" name="Multi"><multicam format="r1" tcStart="10s"><mc-angle name="Left" angleID="L">
<asset-clip ref="r2" name="A" offset="10s" start="36000s" duration="5s"/></mc-angle>
<mc-angle name="Right" angleID="R"><gap name="Gap" offset="10s" start="3600s" duration="5s"/></mc-angle>
</multicam></media>
</resources><library location="file:///L.fcpbundle/" colorProcessing="standard"><event name="Day" uid="E1">
<project name="Film" uid="P1" modDate="2024"><sequence format="r1" duration="40s" tcStart="3600s" tcFormat="NDF"
 audioLayout="stereo"><note>a cut</note><spine>
<asset-clip ref="r2" name="A" offset="3600s" start="36001s" duration="8s" audioRole="dialogue" enabled="0"
 audioStart="1s">
<note>nice</note><conform-rate scaleEnabled="0" srcFrameRate="24"/>
<timeMap><timept time="0s" value="0s" interp="smooth2"/><timept time="10s" value="20s" interp="smooth2"/>
</timeMap>
<adjust-crop mode="trim"><trim-rect left="1" right="2"/></adjust-crop>
<adjust-volume amount="-3dB"><param name="amount"><keyframeAnimation><keyframe time="1s" value="-3dB"/>
</keyframeAnimation></param></adjust-volume>
<title ref="r4" name="T" lane="1" offset="36002s" start="3600s" duration="2s" role="titles">
<param name="Position" key="9/1" value="0 0"/><text placement="left"><text-style ref="ts1">Hello</text-style>
</text>
<text-style-def id="ts1"><text-style font="Helvetica" fontSize="60"/></text-style-def></title>
<spine lane="2" offset="36003s" name="Line" format="r1">
<asset-clip ref="r3" name="B" offset="0s" start="3s" duration="1s"/>
<ref-clip ref="r6" name="Compound" offset="1s" duration="1s" srcEnable="video"/></spine>
<caption name="C" lane="3" offset="36004s" start="3600s" duration="1s" role="SRT?captionFormat=SRT.en">
<text><text-style ref="ts2">Spoken</text-style></text><text-style-def id="ts2"><text-style font="F"/>
</text-style-def>
</caption>
<marker start="36002s" duration="1/25s" value="todo" completed="0" note="n"/>
<chapter-marker start="36003s" duration="1/25s" value="Ch" posterOffset="1/25s"/>
<keyword start="36001s" duration="2s" value="wide, day"/><rating name="Favorite" value="favorite"/>
<audio-channel-source srcCh="1, 2" role="dialogue.d1"><mute start="1s" duration="1s"/></audio-channel-source>
<filter-video ref="r4" name="Blur"><data key="effectConfig">QUJD</data><param name="Amount" key="1" value="5"/>
</filter-video>
<metadata><md key="com.x.scene" value="12"/></metadata></asset-clip>
<transition name="Cross Dissolve" offset="3607s" duration="2s"><filter-video ref="r5" name="Cross Dissolve"/>
</transition>
<audition offset="3608s"><asset-clip ref="r3" name="B" start="4s" duration="8s"/>
<asset-clip ref="r2" name="A2" start="36010s" duration="8s"/></audition>
<gap name="Gap" offset="3616s" start="3600s" duration="4s"/>
<mc-clip ref="r7" name="Multi" offset="3620s" start="10s" duration="5s">
<mc-source angleID="L" srcEnable="video"/></mc-clip>
<sync-clip name="Sync" offset="3625s" duration="5s" format="r1"><spine>
<clip name="Inner" offset="0s" duration="5s">
<video ref="r3" offset="0s" duration="5s"><audio ref="r2" lane="-1" offset="0s" duration="5s" srcCh="1"/>
</video></clip>
</spine><sync-source sourceID="storyline"><audio-role-source role="dialogue" active="0"/></sync-source>
</sync-clip>
<unheard-of wild="yes">text</unheard-of>
</spine><metadata><md key="seq" value="1"/></metadata></sequence></project>
<asset-clip ref="r2" name="Rushes" duration="100s"><keyword value="day"/></asset-clip>
<smart-collection name="Favs" match="all"><match-ratings value="favorites"/></smart-collection></event>
</library></fcpxml>"""
