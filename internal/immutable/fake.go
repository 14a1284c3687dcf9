package immutable

type File struct {
	Path string
	Data []byte
}
