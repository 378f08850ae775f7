/// The `moov` box: what the file holds, and where each picture begins.
struct MP4Index {
    let parameters: H264Parameters
    /// Bytes of each picture, which stand one behind the other.
    let sizes: [Int]

    private var duration: Int { sizes.count * parameters.frameTicks }
    /// The film's own clock counts milliseconds, the track's the ticks of its frames.
    private var milliseconds: Int { duration * 1000 / parameters.ticksPerSecond }

    /// The box, for pictures that begin at this place of the file.
    func box(firstSample place: Int) -> [UInt8] {
        var file: [UInt8] = []
        file.appendBox("moov") { moov in
            moov.appendFullBox("mvhd") { box in
                box.append(bigEndian: [0, 0, 1000, milliseconds, 0x10000])  // never made, never changed; speed 1
                box.append(bigEndian: 0x100, bytes: 2)  // volume
                box += [UInt8](repeating: 0, count: 10)
                box.appendUnityMatrix()
                box += [UInt8](repeating: 0, count: 24)
                box.append(bigEndian: 2, bytes: 4)  // the next track's number
            }
            moov.appendBox("trak") { track in
                track.appendFullBox("tkhd", flags: 3) { box in
                    box.append(bigEndian: [0, 0, 1, 0, milliseconds, 0, 0, 0, 0])
                    box.appendUnityMatrix()
                    box.append(bigEndian: [parameters.width << 16, parameters.height << 16])
                }
                track.appendBox("mdia") { appendMedia(to: &$0, place) }
            }
        }
        return file
    }

    private func appendMedia(to media: inout [UInt8], _ place: Int) {
        media.appendFullBox("mdhd") { box in
            box.append(bigEndian: [0, 0, parameters.ticksPerSecond, duration, 0x55c4_0000])  // language "und"
        }
        media.appendFullBox("hdlr") { box in
            box.append(bigEndian: 0, bytes: 4)
            box += Array("vide".utf8)
            box += [UInt8](repeating: 0, count: 12)
            box += Array("VideoHandler\0".utf8)
        }
        media.appendBox("minf") { information in
            information.appendFullBox("vmhd", flags: 1) { $0 += [UInt8](repeating: 0, count: 8) }
            information.appendBox("dinf") { data in
                data.appendFullBox("dref") { box in
                    box.append(bigEndian: 1, bytes: 4)
                    box.appendFullBox("url ", flags: 1) { _ in }  // in this very file
                }
            }
            information.appendBox("stbl") { appendTable(to: &$0, place) }
        }
    }

    private func appendTable(to table: inout [UInt8], _ place: Int) {
        table.appendFullBox("stsd") { box in
            box.append(bigEndian: 1, bytes: 4)
            box.appendBox("avc1") { appendSampleEntry(to: &$0) }
        }
        table.appendFullBox("stts") { $0.append(bigEndian: [1, sizes.count, parameters.frameTicks]) }
        table.appendFullBox("stss") { $0.append(bigEndian: [1, 1]) }  // the first picture stands alone
        table.appendFullBox("stsc") { $0.append(bigEndian: [1, 1, sizes.count, 1]) }  // one chunk of all pictures
        table.appendFullBox("stsz") { $0.append(bigEndian: [0, sizes.count] + sizes) }
        table.appendFullBox("stco") { $0.append(bigEndian: [1, place]) }
    }

    /// The picture's size and the decoder configuration of ISO/IEC 14496-15.
    private func appendSampleEntry(to entry: inout [UInt8]) {
        entry.append(bigEndian: 1, bytes: 8)  // reserved, data_reference_index
        entry += [UInt8](repeating: 0, count: 16)
        entry.append(bigEndian: parameters.width, bytes: 2)
        entry.append(bigEndian: parameters.height, bytes: 2)
        entry.append(bigEndian: [0x48_0000, 0x48_0000, 0])  // 72 dots an inch
        entry.append(bigEndian: 1, bytes: 2)  // frame_count
        entry += [UInt8](repeating: 0, count: 32)  // compressorname
        entry.append(bigEndian: 0x18_ffff, bytes: 4)  // depth, pre_defined
        entry.appendBox("avcC") { box in
            let sequence = parameters.sequence
            let picture = parameters.picture
            box += [1] + sequence[1...3] + [0xff, 0xe1]  // lengths of four bytes, one sequence set
            box.append(bigEndian: sequence.count, bytes: 2)
            box += sequence
            box.append(1)
            box.append(bigEndian: picture.count, bytes: 2)
            box += picture
        }
    }
}
